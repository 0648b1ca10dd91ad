import type { AlarmProps } from 'aws-cdk-lib/aws-cloudwatch'
import type { AlarmName } from './alarm-texts.ts'

/** When an alarm is on: above its threshold, and not while nothing is measured, unless it says otherwise. */
export type Condition = Pick<AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods'> &
  Partial<Pick<AlarmProps, 'comparisonOperator' | 'datapointsToAlarm' | 'treatMissingData'>>

/** The conditions of some alarms, in the order in which an operator looks. */
export type Conditions = Readonly<Partial<Record<AlarmName, Condition>>>
