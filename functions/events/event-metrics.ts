import { embeddedMetrics } from '../embedded-metrics.ts'
import { type EventOutcome, METRIC } from '../metric-names.ts'

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
  const metrics = embeddedMetrics(serviceName)
  return {
    count: (counts) => {
      for (const [outcome, value] of Object.entries(counts)) {
        metrics.add(METRIC.events(outcome as EventOutcome), 'Count', value)
      }
      metrics.flush()
    },
  }
}
