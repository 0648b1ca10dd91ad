import { hashedShare } from './hashed-share.ts'

const MINUTE_MS = 60 * 1000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Refresh at least this long before the access token expires, so that missed sweeps do no harm. */
export const REFRESH_MARGIN_MS = 10 * MINUTE_MS

/** The margin of a long-lived token: this part of its life. */
const MARGIN_SHARE = 0.1

/** Jitter takes at most this part off, so that a crowd that connected together spreads out. */
const JITTER_SHARE = 0.05

/** How long a connection is kept hot after its token was asked for. */
export const HOT_WINDOW_MS = DAY_MS

/** How often the grant of an idle connection is used, so that its 90 days never run out. */
export const IDLE_REFRESH_MS = 7 * DAY_MS

/** Microsoft ends a refresh token that was not used for 90 days; warn from here on. */
export const GRANT_WARNING_MS = 75 * DAY_MS

/** A first wait after a failure; doubles with each further one. */
const FIRST_RETRY_MS = MINUTE_MS

/** The longest wait between two tries, and the only one while somebody else must act first. */
export const LONGEST_RETRY_MS = HOUR_MS

/** A longer Retry-After than this is not believed. */
export const LONGEST_RETRY_AFTER_MS = HOUR_MS

/** `adaptive`: idle connections are only kept alive. `always-hot`: every token is always fresh. */
export type RefreshPolicy = 'adaptive' | 'always-hot'

export interface Schedule {
  readonly obtainedAt: Date
  readonly accessTokenExpiresAt: Date
  readonly connectionId: number
  readonly generation: number
  /** Until when the connection is to be kept hot. */
  readonly hotUntil: Date
  readonly policy: RefreshPolicy
}

/**
 * When to refresh next. A hot connection: before its access token expires, by the margin and a jitter
 * that is the same for one connection and generation wherever it is computed. One that nobody will have
 * asked for by then: within seven days, to keep the grant alive.
 */
export function nextRefreshOf(schedule: Schedule): Date {
  const beforeExpiry = beforeExpiryOf(schedule)
  const isStillHot = schedule.policy === 'always-hot' || beforeExpiry <= schedule.hotUntil
  return isStillHot ? beforeExpiry : keepAliveOf(schedule)
}

function beforeExpiryOf(schedule: Schedule): Date {
  const { obtainedAt, accessTokenExpiresAt } = schedule
  const lifetime = accessTokenExpiresAt.getTime() - obtainedAt.getTime()
  const margin = Math.max(REFRESH_MARGIN_MS, lifetime * MARGIN_SHARE)
  const jitter = lifetime * JITTER_SHARE * jitterOf(schedule)
  const wanted = accessTokenExpiresAt.getTime() - margin - jitter
  const atLeastHalfUsed = obtainedAt.getTime() + lifetime / 2
  return new Date(Math.max(wanted, atLeastHalfUsed))
}

function keepAliveOf(schedule: Schedule): Date {
  const jitter = IDLE_REFRESH_MS * JITTER_SHARE * jitterOf(schedule)
  return new Date(schedule.obtainedAt.getTime() + IDLE_REFRESH_MS - jitter)
}

function jitterOf({ connectionId, generation }: Schedule): number {
  return hashedShare(`${connectionId}#${generation}`)
}

/** When to try again after the `count`th failure in a row, not before Retry-After within its bound. */
export function retryAt(
  now: Date,
  failure: {
    readonly connectionId: number
    readonly count: number
    readonly retryAfter: Date | undefined
  },
): Date {
  const doubled = FIRST_RETRY_MS * 2 ** Math.min(failure.count - 1, 10)
  const spread = 1 + 0.2 * hashedShare(`${failure.connectionId}#retry#${failure.count}`)
  const backOff = now.getTime() + Math.min(doubled, LONGEST_RETRY_MS) * spread
  return new Date(Math.max(backOff, boundedRetryAfter(now, failure.retryAfter).getTime()))
}

/** When to look again whether somebody has acted: slowly, since each look is a refusal at Microsoft. */
export function probeAt(now: Date, connectionId: number): Date {
  const spread = 1 + 0.2 * hashedShare(`${connectionId}#probe#${now.getTime()}`)
  return new Date(now.getTime() + LONGEST_RETRY_MS * spread)
}

/** Retry-After, taken at its word within a bound; the past when there is none. */
export function boundedRetryAfter(now: Date, retryAfter: Date | undefined): Date {
  const bound = now.getTime() + LONGEST_RETRY_AFTER_MS
  return new Date(Math.min(retryAfter?.getTime() ?? 0, bound))
}

/** Whether the refresh token may soon end for lack of use. */
export function isGrantExpiring(obtainedAt: Date, now: Date): boolean {
  return now.getTime() - obtainedAt.getTime() >= GRANT_WARNING_MS
}

/** Whether a connection that is being asked for would soon count as idle. */
export function isHotWindowEnding(hotUntil: Date, now: Date): boolean {
  return hotUntil.getTime() - now.getTime() < HOT_WINDOW_MS / 4
}
