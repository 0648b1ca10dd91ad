import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import type { ApiAccess, ApiClient } from '../../../functions/domain/api-access.ts'
import { issueBearerToken } from '../../../functions/http/bearer-token.ts'
import { T0 } from '../../fakes/hand-clock.ts'

export const CLIENT_SECRET = 'canary-api-client-secret-0123456789abcdefghijk'

/** May see all accounts. */
export const PARTNER: ApiClient = {
  clientId: 'partner-backend',
  secretHash: createHash('sha256').update(CLIENT_SECRET).digest('base64url'),
  accountId: undefined,
}

/** Bound to one account. */
export const BOUND: ApiClient = { ...PARTNER, clientId: 'one-account', accountId: 'contoso' }

export const ACCESS: ApiAccess = {
  signingKey: createSecretKey(randomBytes(32)),
  clients: [PARTNER, BOUND],
}

/** The header of a request that a client makes. */
export async function bearer(
  client: Pick<ApiClient, 'clientId' | 'accountId'> = PARTNER,
  issuedAt = T0,
): Promise<{ readonly authorization: string }> {
  return { authorization: `Bearer ${issueBearerToken(ACCESS, client, issuedAt)}` }
}
