import { createHash } from 'node:crypto'

/** Refresh at least this long before the access token expires, so that missed sweeps do no harm. */
export const REFRESH_MARGIN_MS = 10 * 60 * 1000

/** The margin of a long-lived token: this part of its life. */
const MARGIN_SHARE = 0.1

/** Jitter takes at most this part of the life off, so that a crowd that connected together spreads out. */
const JITTER_SHARE = 0.05

/** A first wait after a failure; doubles with each further one. */
const FIRST_RETRY_MS = 60 * 1000

/** The longest wait between two tries. */
const LONGEST_RETRY_MS = 60 * 60 * 1000

/** A longer Retry-After than this is not believed. */
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1000

/**
 * When to refresh next: before the access token expires by the margin and a jitter that is the same
 * for one connection and generation wherever it is computed.
 */
export function nextRefreshOf(
  tokens: { readonly obtainedAt: Date; readonly accessTokenExpiresAt: Date },
  binding: { readonly connectionId: number; readonly generation: number },
): Date {
  const lifetime = tokens.accessTokenExpiresAt.getTime() - tokens.obtainedAt.getTime()
  const margin = Math.max(REFRESH_MARGIN_MS, lifetime * MARGIN_SHARE)
  const jitter =
    lifetime * JITTER_SHARE * hashedShare(`${binding.connectionId}#${binding.generation}`)
  const wanted = tokens.accessTokenExpiresAt.getTime() - margin - jitter
  const atLeastHalfUsed = tokens.obtainedAt.getTime() + lifetime / 2
  return new Date(Math.max(wanted, atLeastHalfUsed))
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
  const bound = now.getTime() + LONGEST_RETRY_AFTER_MS
  const asked = Math.min(failure.retryAfter?.getTime() ?? 0, bound)
  return new Date(Math.max(backOff, asked))
}

/** Which shard of the due index a connection is in. */
export function shardOf(connectionId: number, shards: number): number {
  return Math.floor(hashedShare(`${connectionId}#shard`) * shards)
}

/** A number from 0 (inclusive) to 1 (exclusive) that depends on the text alone. */
function hashedShare(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
