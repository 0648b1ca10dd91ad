import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { ApiAccess, ApiClient, Caller, ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import { ServiceError } from '../domain/service-error.ts'
import { type HttpRequest, headerOf } from './request.ts'

/** How long a bearer token is good for. */
export const BEARER_TOKEN_LIFETIME_SECONDS = 60 * 60

const ISSUER = 'dynamics-connect'

/** The one header of a token of ours (RFC 9068): whatever says another algorithm is not ours. */
const HEADER = encoded({ alg: 'HS256', typ: 'at+jwt' })

/** No token of ours is longer. */
const LONGEST_TOKEN = 2048

/**
 * A signed bearer token (RFC 6750) for the client, or for one account where it asked for one: a JSON Web
 * Token (RFC 7519). A library for all of JOSE takes a tenth of what this function takes to start.
 */
export function issueBearerToken(
  access: ApiAccess,
  client: Pick<ApiClient, 'clientId' | 'accountId'>,
  now: Date,
): string {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const claims = encoded({
    ...(client.accountId === undefined ? {} : { accountId: client.accountId }),
    iss: ISSUER,
    aud: ISSUER,
    sub: client.clientId,
    iat: issuedAt,
    exp: issuedAt + BEARER_TOKEN_LIFETIME_SECONDS,
  })
  const signed = `${HEADER}.${claims}`
  return `${signed}.${signatureOf(signed, access.signingKey).toString('base64url')}`
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
  const caller = verified(token, access.signingKey, now())
  const client = access.clients.find(({ clientId }) => clientId === caller?.clientId)
  const isStillAllowed = client && (!client.accountId || client.accountId === caller?.accountId)
  if (caller === undefined || !isStillAllowed) {
    throw new ServiceError('the bearer token is not valid; get a new one by POST /oauth/token', {
      code: 'bearer_token_invalid',
    })
  }
  return caller
}

/** The claims count for nothing before the signature is known to be ours. */
function verified(token: string, key: KeyObject, now: Date): Caller | undefined {
  const [header, claims = '', signature = '', ...others] =
    token.length > LONGEST_TOKEN ? [] : token.split('.')
  if (header !== HEADER || others.length > 0) return undefined
  const expected = signatureOf(`${header}.${claims}`, key)
  const presented = Buffer.from(signature, 'base64url')
  if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) {
    return undefined
  }
  return callerIn(JSON.parse(Buffer.from(claims, 'base64url').toString()), now)
}

/** Whom claims of ours speak for, as long as they do. */
function callerIn(claims: Readonly<Record<string, unknown>>, now: Date): Caller | undefined {
  const { iss, aud, sub, exp, nbf = 0, accountId } = claims
  const time = now.getTime() / 1000
  const isForUs = iss === ISSUER && aud === ISSUER
  const isInTime = typeof exp === 'number' && time < exp && typeof nbf === 'number' && time >= nbf
  if (!isForUs || !isInTime || typeof sub !== 'string') return undefined
  return { clientId: sub, accountId: typeof accountId === 'string' ? accountId : undefined }
}

function signatureOf(signed: string, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(signed).digest()
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
