import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { type EventOutcome, METRIC, NAMESPACE } from '../metric-names.ts'

/** How many events of one invocation. */
export interface EventCounts extends Readonly<Record<EventOutcome, number>> {
  /** Accepted by the bus. */
  readonly published: number
  /** Not accepted; Lambda brings them again. */
  readonly deferred: number
  /** Left out, since what was stored is in no form that this version knows. */
  readonly unreadable: number
}

export interface EventMetrics {
  /** Writes the counts as one line in CloudWatch's embedded metric format. */
  count(counts: EventCounts): void
}

export function eventMetrics(serviceName: string): EventMetrics {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName })
  return {
    count: (counts) => {
      for (const [outcome, value] of Object.entries(counts)) {
        metrics.addMetric(METRIC.events(outcome as EventOutcome), MetricUnit.Count, value)
      }
      metrics.publishStoredMetrics()
    },
  }
}
