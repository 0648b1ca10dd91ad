import type { SealedTokenSet } from './connection.ts'
import type { TokenSet } from './token-endpoint.ts'
import type { TokenBinding, TokenSealer } from './token-sealer.ts'

/** Seals both tokens of a set for the generation as which it will be stored. */
export async function sealTokenSet(
  sealers: { readonly accessTokens: TokenSealer; readonly refreshTokens: TokenSealer },
  binding: TokenBinding,
  tokenSet: TokenSet,
): Promise<SealedTokenSet> {
  const [sealedAccessToken, sealedRefreshToken] = await Promise.all([
    sealers.accessTokens.seal(binding, tokenSet.accessToken),
    sealers.refreshTokens.seal(binding, tokenSet.refreshToken),
  ])
  const { accessTokenExpiresAt, obtainedAt } = tokenSet
  return { sealedAccessToken, sealedRefreshToken, accessTokenExpiresAt, obtainedAt }
}
