import type { FetchAnswer } from './fetch.ts'

/** An answer as it came, with when it was asked for by this machine's clock. */
export interface RawAnswer {
  readonly origin: string
  readonly sentAt: number
  readonly status: number
  readonly headers: FetchAnswer['headers']
  readonly text: string
}

/** A good answer of the service. */
export interface Answer {
  readonly json: unknown
  /** In milliseconds, by this machine's clock. */
  readonly sentAt: number
  /** In milliseconds, by the service's clock; this machine's where the answer has no date. */
  readonly serverTime: number
}

/** The clock of whoever answered, from the header Date, for this machine's may be wrong. */
export function serverTimeOf({ headers, sentAt }: RawAnswer): number {
  const told = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(told) ? sentAt : told
}

/**
 * A time of the service's as this machine's clock will show it, and rather too early than too late: the
 * request was sent before it was answered.
 */
export function localTime(time: Date, { sentAt, serverTime }: Answer): number {
  return sentAt + (time.getTime() - serverTime)
}
