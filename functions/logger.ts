import { type Evidence, ServiceError } from './domain/service-error.ts'

/** What a log line may carry: identifiers, codes and counts. Nothing else fits. */
export interface LogFields {
  readonly requestId?: string | undefined
  readonly route?: string | undefined
  readonly status?: number | undefined
  readonly connectionId?: number | undefined
  readonly eventId?: string | undefined
  readonly change?: string | undefined
  readonly shard?: number | undefined
  readonly ended?: string | undefined
  readonly step?: string | undefined
  readonly oldestDueMs?: number | undefined
  readonly outcome?: string | undefined
  readonly outcomes?: Readonly<Record<string, number>> | undefined
  readonly reason?: string | undefined
  readonly traceId?: string | undefined
  readonly correlationId?: string | undefined
  readonly isGrantExpiring?: boolean | undefined
}

/** Writes one JSON line an event. Whole events, requests, answers and errors never go in. */
export interface EventLog {
  event(name: string, fields: LogFields): void
  /** Names the error, its code and where it was thrown; the message only of errors of our own. */
  failure(name: string, error: unknown, fields: LogFields): void
}

/** Where levels are told apart, by `LOG_LEVEL`: `WARN` and above keep events quiet. */
type LogEnvironment = Readonly<Record<string, string | undefined>>

const QUIET_LEVELS: readonly (string | undefined)[] = ['WARN', 'ERROR', 'CRITICAL', 'SILENT']

/** The log of one function. */
export function eventLog(service: string, { LOG_LEVEL }: LogEnvironment = {}): EventLog {
  const line = (level: 'INFO' | 'ERROR', message: string, fields: object): string =>
    `${JSON.stringify({ level, message, timestamp: new Date(), service, ...fields })}\n`
  const isQuiet = QUIET_LEVELS.includes(LOG_LEVEL)
  return {
    event: (name, fields) => {
      if (!isQuiet) process.stdout.write(line('INFO', name, fields))
    },
    failure: (name, error, fields) => {
      process.stderr.write(line('ERROR', name, { ...fields, ...describe(error) }))
    },
  }
}

interface ErrorDescription {
  readonly error: string
  readonly code?: string
  readonly words?: string
  readonly evidence?: Evidence
  readonly thrownAt?: readonly string[]
}

/** Foreign messages may quote what was sent, so that only their names and places are kept. */
function describe(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { error: typeof error }
  const thrownAt = framesOf(error)
  const common = { error: error.name, thrownAt: thrownAt.slice(0, 8).map((line) => line.trim()) }
  if (!(error instanceof ServiceError)) return common
  return { ...common, code: error.code, words: error.message, evidence: error.evidence }
}

/** The places behind the message, which may hold lines that look like places; none when it was changed since. */
function framesOf(error: Error): readonly string[] {
  const { stack = '', message } = error
  const start = stack.indexOf(message)
  if (start === -1) return []
  const frames = stack.slice(start + message.length).split('\n')
  return frames.filter((line) => line.startsWith('    at '))
}
