import type { EventLog } from '../../../functions/logger.ts'
import type { RefreshMetrics, SignInMetrics } from '../../../functions/metrics.ts'
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
  const { counts, add } = counters()
  const metrics: RefreshMetrics = {
    outcomes: (outcomes) => {
      for (const [outcome, value] of Object.entries(outcomes)) add(outcome, value)
    },
    mustAct: (who) => add(`mustAct.${who}`, 1),
    oldestDue: (milliseconds) => add('oldestDue', milliseconds),
    grantExpiring: () => add('grantExpiring', 1),
    appCredential: (what) => add(what, 1),
    appCredentialDaysLeft: (days) => add('appCredentialDaysLeft', days),
    connections: (levels) => {
      for (const [status, value] of Object.entries(levels)) add(`connections.${status}`, value)
    },
    flush: () => add('flushed', 1),
  }
  return { log: recordingLog(also), metrics, counts }
}

/** Keeps what sign-ins measured, by name, added up. */
export function recordingSignInMetrics(): {
  readonly metrics: SignInMetrics
  readonly counts: Readonly<Record<string, number>>
} {
  const { counts, add } = counters()
  const metrics: SignInMetrics = {
    succeeded: () => add('succeeded', 1),
    mustAct: (who) => add(`mustAct.${who}`, 1),
    appCredentialRejected: () => add('appCredentialRejected', 1),
    appCredentialNewestRejected: () => add('appCredentialNewestRejected', 1),
    flush: () => add('flushed', 1),
  }
  return { metrics, counts }
}

function counters() {
  const counts: Record<string, number> = {}
  const add = (name: string, value: number) => {
    counts[name] = (counts[name] ?? 0) + value
  }
  return { counts, add }
}
