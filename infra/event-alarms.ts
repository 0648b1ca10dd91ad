import { Duration } from 'aws-cdk-lib'
import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { METRIC } from '../functions/metric-names.ts'
import type { Conditions } from './alarm-condition.ts'
import { measured, untoldAge, type WatchedFunctions } from './watched-metrics.ts'

/** Seconds are what is usual. */
const UNTOLD_LIMIT = Duration.minutes(15)

export interface EventAlarmsProps {
  readonly functions: WatchedFunctions
  /** What could not be published. */
  readonly deadLetters: IQueue
}

/** When the partner's systems do not hear in time what has changed, or never. */
export function eventAlarms({ functions, deadLetters }: EventAlarmsProps): Conditions {
  const period = Duration.minutes(5)
  const sum = { statistic: Stats.SUM, period }
  return {
    EventsLate: {
      metric: untoldAge(functions.events, { period }),
      threshold: UNTOLD_LIMIT.toMilliseconds(),
      evaluationPeriods: 1,
    },
    EventsUnreadable: {
      metric: measured('events', METRIC.events('unreadable'), sum),
      threshold: 0,
      evaluationPeriods: 1,
    },
    DeadLetters: {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
      threshold: 0,
      evaluationPeriods: 1,
    },
  }
}
