import { Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { Condition } from './alarm-condition.ts'
import { type AlarmName, describe } from './alarm-texts.ts'
import { credentialAlarms } from './credential-alarms.ts'
import { type EventAlarmsProps, eventAlarms } from './event-alarms.ts'
import { type FunctionAlarmsProps, functionAlarms } from './function-alarms.ts'
import { refreshAlarms } from './refresh-alarms.ts'

/** What is watched, and who is told. */
export interface AlarmsProps extends FunctionAlarmsProps, EventAlarmsProps {
  readonly shards: number
  readonly topic: ITopic
}

/**
 * Tells of what somebody has to look at, and again when it is over. What is not measured alarms nobody,
 * except for the sweep, whose silence is the alarm.
 */
export class Alarms extends Construct {
  /** In the order in which an operator looks. */
  readonly all: readonly Alarm[]
  readonly #tell: SnsAction

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    this.#tell = new SnsAction(props.topic)
    const conditions = {
      ...credentialAlarms(),
      ...refreshAlarms(props.shards),
      ...functionAlarms(props),
      ...eventAlarms(props),
    }
    this.all = (Object.entries(conditions) as [AlarmName, Condition][]).map(([name, condition]) =>
      this.#raise(name, condition),
    )
  }

  #raise(name: AlarmName, condition: Condition): Alarm {
    const alarm = new Alarm(this, name, {
      alarmName: `${Stack.of(this).stackName}-${name}`,
      alarmDescription: describe(name),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...condition,
    })
    alarm.addAlarmAction(this.#tell)
    alarm.addOkAction(this.#tell)
    return alarm
  }
}
