import {
  type ApiAccess,
  type ApiClient,
  type Caller,
  lookUp,
  type ReadApiAccess,
} from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import { ServiceError } from '../domain/service-error.ts'
import { type HttpRequest, headerOf } from './request.ts'
import { type Claims, signClaims, verifiedClaims } from './signed-claims.ts'

/** How long a bearer token is good for. */
export const BEARER_TOKEN_LIFETIME_SECONDS = 60 * 60

const ISSUER = 'dynamics-connect'

/** A signed bearer token (RFC 6750) for the client, or for one account where it asked for one. */
export function issueBearerToken(
  access: ApiAccess,
  client: Pick<ApiClient, 'clientId' | 'accountId'>,
  now: Date,
): string {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const claims = {
    ...(client.accountId === undefined ? {} : { accountId: client.accountId }),
    iss: ISSUER,
    aud: ISSUER,
    sub: client.clientId,
    iat: issuedAt,
    exp: issuedAt + BEARER_TOKEN_LIFETIME_SECONDS,
  }
  return signClaims(claims, access.signingKey)
}

/**
 * Whom the request's bearer token speaks for.
 * @throws ServiceError `bearer_token_missing`, or `bearer_token_invalid` when it is not ours, has
 * expired, or its client has been removed.
 */
export async function callerOf(
  request: HttpRequest,
  { readApiAccess, now }: { readonly readApiAccess: ReadApiAccess; readonly now: Clock },
): Promise<Caller> {
  const [scheme, token] = headerOf(request, 'authorization')?.split(' ') ?? []
  if (scheme?.toLowerCase() !== 'bearer' || !token) {
    throw new ServiceError(
      'send the bearer token of POST /oauth/token in the Authorization header',
      {
        code: 'bearer_token_missing',
      },
    )
  }
  const access = await readApiAccess()
  const claims = verifiedClaims(token, access.signingKey)
  const caller = claims && callerIn(claims, now())
  const client = caller && (await lookUp(readApiAccess, (known) => clientOf(known, caller)))
  if (caller === undefined || client === undefined) {
    throw new ServiceError('the bearer token is not valid; get a new one by POST /oauth/token', {
      code: 'bearer_token_invalid',
    })
  }
  return caller
}

/** The caller's client, while it may still see what the token is for. */
function clientOf({ clients }: ApiAccess, caller: Caller): ApiClient | undefined {
  const client = clients.find(({ clientId }) => clientId === caller.clientId)
  const isAllowed = !client?.accountId || client.accountId === caller.accountId
  return isAllowed ? client : undefined
}

/** Whom claims of ours speak for, as long as they do. */
function callerIn(claims: Claims, now: Date): Caller | undefined {
  const { iss, aud, sub, exp, nbf = 0, accountId } = claims
  const time = now.getTime() / 1000
  const isForUs = iss === ISSUER && aud === ISSUER
  const isInTime = typeof exp === 'number' && time < exp && typeof nbf === 'number' && time >= nbf
  if (!isForUs || !isInTime || typeof sub !== 'string') return undefined
  return { clientId: sub, accountId: typeof accountId === 'string' ? accountId : undefined }
}
