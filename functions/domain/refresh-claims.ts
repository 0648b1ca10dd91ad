/** One attempt to redeem one generation. */
export interface RefreshClaim {
  readonly connectionId: number
  readonly generation: number
  /** Who claims, new for each attempt, so that one's own write is recognised when its answer was lost. */
  readonly holder: string
  readonly now: Date
}

/**
 * Who may redeem a connection's refresh token now: one holder per generation. A claim is never given
 * back; it expires, or the next generation makes it pointless.
 */
export interface RefreshClaims {
  /** @returns `false` when another holder has the generation and its claim has not expired. */
  claim(claim: RefreshClaim): Promise<boolean>
}

/** Outlives the longest possible token request, which {@link REDEMPTION_LIMIT_MS} bounds. */
export const REFRESH_CLAIM_LIFETIME_MS = 60 * 1000

/**
 * How long after claiming a holder may still send its token request, and for how long it may wait for
 * the answer then. One that was frozen or waited for its turn for longer does not send.
 */
export const REDEMPTION_LIMIT_MS = 20 * 1000
