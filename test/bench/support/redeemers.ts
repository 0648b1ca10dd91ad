import { entraTokenEndpoint } from '../../../functions/adapters/entra-token-endpoint.ts'
import type { TokenEndpoint } from '../../../functions/domain/token-endpoint.ts'
import { MSAL_SCOPES, type MsalClient, msalClients, refreshTokenIn } from './msal.ts'

/** Who redeems the refresh tokens. */
export const REDEEMERS = ['ours', 'msal-shared', 'msal-each'] as const

export type Redeemer = (typeof REDEEMERS)[number]

/**
 * - `ours`: what the product uses
 * - `msal-shared`: one MSAL client for all that keeps nothing, which is the least it can do; a new refresh
 *   token is lost
 * - `msal-each`: an MSAL client for each connection, and the new refresh token read from its cache
 */
export async function tokenEndpointOf(
  redeemer: Redeemer,
  entraBaseUrl: string,
): Promise<TokenEndpoint> {
  const ours = entraTokenEndpoint({ entraBaseUrl, now: () => new Date() })
  if (redeemer === 'ours') return ours
  const newClient = await msalClients(entraBaseUrl)
  const shared = newClient()
  const refresh: TokenEndpoint['refresh'] =
    redeemer === 'msal-shared'
      ? ({ refreshToken }) => redeem(shared, refreshToken)
      : ({ refreshToken }) => redeem(newClient(), refreshToken, refreshTokenIn)
  return { ...ours, refresh }
}

async function redeem(
  client: MsalClient,
  refreshToken: string,
  newRefreshToken?: (client: MsalClient) => string,
) {
  const obtainedAt = new Date()
  const result = await client.acquireTokenByRefreshToken({
    refreshToken,
    scopes: MSAL_SCOPES,
    forceCache: newRefreshToken !== undefined,
  })
  if (result?.expiresOn == null) throw new Error('MSAL answered no token')
  return {
    outcome: 'issued' as const,
    tokenSet: {
      accessToken: result.accessToken,
      refreshToken: newRefreshToken?.(client) ?? refreshToken,
      accessTokenExpiresAt: result.expiresOn,
      obtainedAt,
    },
  }
}
