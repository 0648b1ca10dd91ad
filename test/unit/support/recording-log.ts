import type { EventLog, LogFields } from '../../../functions/logger.ts'

export interface LogLine {
  readonly kind: 'event' | 'failure'
  readonly name: string
  readonly error?: unknown
  readonly fields: LogFields
}

/** Keeps what was logged. */
export interface RecordingLog extends EventLog {
  readonly lines: readonly LogLine[]
}

/** @param also logs everything too, beside what is kept */
export function recordingLog(also?: EventLog): RecordingLog {
  const lines: LogLine[] = []
  return {
    lines,
    event: (name, fields) => {
      lines.push({ kind: 'event', name, fields })
      also?.event(name, fields)
    },
    failure: (name, error, fields) => {
      lines.push({ kind: 'failure', name, error, fields })
      also?.failure(name, error, fields)
    },
  }
}
