import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { StandInContext } from './context.ts'
import type { User } from './directory.ts'

/** One account as one tenant knows it. */
export interface Account {
  readonly user: User
  readonly tenantId: string
  readonly objectId: string
}

/** What an access token is good for. */
interface AccessTokenRequest {
  readonly account: Account
  readonly resource: string
  readonly lifetimeSeconds: number
}

/** What an access token of the app itself is good for. */
interface AppTokenRequest {
  readonly tenantId: string
  readonly resource: string
  readonly lifetimeSeconds: number
}

/** What an id_token says beyond who signed in. */
interface IdTokenRequest {
  readonly account: Account
  readonly nonce: string | undefined
  readonly profile: boolean
}

/** Whom a valid access token speaks for. */
export interface Bearer {
  readonly tenantId: string
  readonly objectId: string
}

/** Entra's range: 60 to 90 minutes, at random, so that not all tokens expire at once. */
const SHORTEST_LIFETIME_SECONDS = 3600
const LONGEST_LIFETIME_SECONDS = 5400
const ID_TOKEN_LIFETIME_SECONDS = 3600
/** Entra dates tokens back by this much, for clocks that are behind. */
const BACKDATED_SECONDS = 300
/** Bytes of claims that make a token of about 2.0 KB. */
const CLAIMS_BYTES = 1160

/** The account as the tenant knows it, or `undefined` where it is neither member nor guest. */
export function accountIn(tenantId: string, user: User): Account | undefined {
  const objectId = user.objectIds[tenantId]
  return objectId === undefined ? undefined : { user, tenantId, objectId }
}

/** How long the next access token shall live. */
export function accessTokenLifetime({ settings }: StandInContext): number {
  const random = randomInt(SHORTEST_LIFETIME_SECONDS, LONGEST_LIFETIME_SECONDS + 1)
  return settings.accessTokenLifetimeSeconds ?? random
}

/** Signs an access token in v1.0 format: Dataverse's, even from the v2.0 endpoint. */
export function signAccessToken(
  context: StandInContext,
  { account, resource, lifetimeSeconds }: AccessTokenRequest,
): Promise<string> {
  const issuedAt = seconds(context.now()) - BACKDATED_SECONDS
  const { user, tenantId, objectId } = account
  const claims = {
    aud: resource,
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: seconds(context.now()) + lifetimeSeconds,
    acct: isGuest(account) ? 1 : 0,
    acr: '1',
    amr: ['pwd', 'mfa'],
    appid: context.clientId,
    appidacr: '1',
    ...guestClaims(account),
    name: user.name,
    oid: objectId,
    scp: 'user_impersonation',
    sub: pairwiseSubject(account, resource),
    tid: tenantId,
    unique_name: user.username,
    upn: user.username,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  }
  return sign(context, { ...claims, xms_ftd: padding(claims) })
}

/** Signs an access token of the app itself, which speaks for no user. */
export function signAppToken(
  context: StandInContext,
  { tenantId, resource, lifetimeSeconds }: AppTokenRequest,
): Promise<string> {
  const issuedAt = seconds(context.now()) - BACKDATED_SECONDS
  return sign(context, {
    aud: resource,
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: seconds(context.now()) + lifetimeSeconds,
    appid: context.clientId,
    appidacr: '1',
    idtyp: 'app',
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  })
}

/** Signs an id_token; name, username and object id come with the `profile` scope, as at Entra. */
export function signIdToken(
  context: StandInContext,
  { account, nonce, profile }: IdTokenRequest,
): Promise<string> {
  const issuedAt = seconds(context.now()) - BACKDATED_SECONDS
  const { user, tenantId, objectId } = account
  return sign(context, {
    aud: context.clientId,
    iss: `${context.url}/${tenantId}/v2.0`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ID_TOKEN_LIFETIME_SECONDS,
    ...guestClaims(account),
    login_hint: loginHint(account),
    ...(profile ? { name: user.name, oid: objectId, preferred_username: user.username } : {}),
    ...(nonce === undefined ? {} : { nonce }),
    sub: pairwiseSubject(account, context.clientId),
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  })
}

/** Whom the token speaks for, if it is ours, in time, and for one of the audiences. */
export async function verifyAccessToken(
  context: StandInContext,
  token: string,
  audience: readonly string[],
): Promise<Bearer | undefined> {
  try {
    const { payload } = await jwtVerify(token, context.key.publicKey, {
      algorithms: ['RS256'],
      audience: [...audience],
      currentDate: context.now(),
    })
    return bearerOf(payload)
  } catch {
    return undefined
  }
}

/** The opaque hint that selects the account at the next sign-in. */
export function loginHint({ user, tenantId }: Account): string {
  return `O.${Buffer.from(`${tenantId} ${user.username}`).toString('base64url')}`
}

/** Whether the account comes from another tenant. */
function isGuest({ user, tenantId }: Account): boolean {
  return user.homeTenantId !== tenantId
}

function bearerOf({ tid, oid }: JWTPayload): Bearer | undefined {
  if (typeof tid !== 'string' || typeof oid !== 'string') return undefined
  return { tenantId: tid, objectId: oid }
}

function guestClaims(account: Account): { readonly idp?: string } {
  if (!isGuest(account)) return {}
  return { idp: `https://sts.windows.net/${account.user.homeTenantId}/` }
}

/** One subject per user and application, which says nothing about either. */
function pairwiseSubject({ objectId }: Account, application: string): string {
  return createHash('sha256').update(`${objectId} ${application}`).digest('base64url')
}

function sign({ key }: StandInContext, claims: JWTPayload): Promise<string> {
  const header = { alg: 'RS256', typ: 'JWT', x5t: key.kid, kid: key.kid }
  return new SignJWT({ ...claims, sid: randomUUID() })
    .setProtectedHeader(header)
    .sign(key.privateKey)
}

function padding(claims: JWTPayload): string {
  const missing = Math.max(CLAIMS_BYTES - JSON.stringify(claims).length, 0)
  return randomBytes(missing).toString('base64url').slice(0, missing)
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}
