/**
 * Who may redeem a connection's refresh token now: one holder per generation. A claim is never given
 * back; it expires, or the next generation makes it pointless.
 */
export interface RefreshClaims {
  /** @returns `false` when another holder has the generation and its claim has not expired. */
  claim(connectionId: number, generation: number, now: Date): Promise<boolean>
}

/** Outlives the longest possible token request, which the function's own deadline bounds. */
export const REFRESH_CLAIM_LIFETIME_MS = 60 * 1000
