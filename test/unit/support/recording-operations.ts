import type { EventLog } from '../../../functions/logger.ts'
import type { RefreshMetrics } from '../../../functions/metrics.ts'
import { type RecordingLog, recordingLog } from './recording-log.ts'

/** Keeps what operators would see. */
export interface RecordingOperations {
  readonly log: RecordingLog
  readonly metrics: RefreshMetrics
  /** What was measured, by name, added up. */
  readonly counts: Readonly<Record<string, number>>
}

/** @param also logs everything too, beside what is kept */
export function recordingOperations(also?: EventLog): RecordingOperations {
  const counts: Record<string, number> = {}
  const add = (name: string, value: number) => {
    counts[name] = (counts[name] ?? 0) + value
  }
  const metrics: RefreshMetrics = {
    outcomes: (outcomes) => {
      for (const [outcome, value] of Object.entries(outcomes)) add(outcome, value)
    },
    oldestDue: (milliseconds) => add('oldestDue', milliseconds),
    grantExpiring: () => add('grantExpiring', 1),
    appCredential: (what) => add(what, 1),
    flush: () => add('flushed', 1),
  }
  return { log: recordingLog(also), metrics, counts }
}
