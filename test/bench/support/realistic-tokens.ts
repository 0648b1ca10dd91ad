import { randomBytes, randomUUID } from 'node:crypto'

/** Whom and what the tokens are for. */
export interface TokenSubject {
  readonly issuer: string
  readonly tenantId: string
  readonly objectId: string
  readonly clientId: string
  readonly resource: string
}

/** How many characters the measured tokens have. */
export const ACCESS_TOKEN_LENGTH = 2048
export const REFRESH_TOKEN_LENGTH = 1638

/** An RSA signature of 2048 bits. */
const SIGNATURE_BYTES = 256

const LIFETIME_SECONDS = 75 * 60

/**
 * An access token of the size, the claims and the randomness of one of Entra's for Dataverse; the random
 * part of one claim fills it up to its length.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
 */
export function accessToken(subject: TokenSubject): string {
  const claims = accessTokenClaims(subject)
  const missing = Math.floor((ACCESS_TOKEN_LENGTH - jwt(claims).length) * 0.75)
  const filler = randomBytes(Math.max(missing, 0))
    .toString('base64url')
    .slice(0, Math.max(missing, 0))
  return jwt({ ...claims, xms_ftd: `${claims.xms_ftd}${filler}` })
}

/** A refresh token as Entra writes them: a version, a short routing part, and ciphertext. */
export function refreshToken(): string {
  const routing = `1.${randomBytes(64).toString('base64url')}.AgABAwEAAADW6jl31mB3T7ugrWTT8pFe`
  const rest = REFRESH_TOKEN_LENGTH - routing.length - 1
  return `${routing}.${randomBytes(rest).toString('base64url').slice(0, rest)}`
}

/** An id_token with what a sign-in asked for: openid and profile. */
export function idToken(subject: TokenSubject): string {
  const now = Math.floor(Date.now() / 1000)
  return jwt({
    aud: subject.clientId,
    iss: subject.issuer,
    iat: now,
    nbf: now,
    exp: now + 24 * 3600,
    login_hint: `O.${randomBytes(75).toString('base64url')}`,
    name: 'Adele Vance',
    oid: subject.objectId,
    preferred_username: 'adele.vance@contoso.example',
    rh: `1.${randomBytes(40).toString('base64url')}.`,
    sid: randomUUID(),
    sub: randomBytes(32).toString('base64url'),
    tid: subject.tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  })
}

function accessTokenClaims(subject: TokenSubject): Readonly<Record<string, unknown>> {
  const now = Math.floor(Date.now() / 1000)
  return {
    aud: subject.resource,
    iss: `https://sts.windows.net/${subject.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + LIFETIME_SECONDS,
    acct: 0,
    acr: '1',
    aio: `AVQAq/8${randomBytes(66).toString('base64')}`,
    amr: ['pwd', 'mfa'],
    appid: subject.clientId,
    appidacr: '1',
    family_name: 'Vance',
    given_name: 'Adele',
    idtyp: 'user',
    ipaddr: '203.0.113.42',
    login_hint: `O.${randomBytes(54).toString('base64url')}`,
    name: 'Adele Vance',
    oid: subject.objectId,
    puid: '10032001E1A2B3C4',
    rh: `1.${randomBytes(40).toString('base64url')}.`,
    scp: 'user_impersonation',
    sid: randomUUID(),
    sub: randomBytes(32).toString('base64url'),
    tenant_region_scope: 'EU',
    tid: subject.tenantId,
    unique_name: 'adele.vance@contoso.example',
    upn: 'adele.vance@contoso.example',
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
    wids: [randomUUID()],
    xms_ftd: randomBytes(48).toString('base64url'),
    xms_idrel: '1 8',
  }
}

function jwt(claims: Readonly<Record<string, unknown>>): string {
  const keyId = randomBytes(20).toString('base64url')
  const header = { typ: 'JWT', alg: 'RS256', x5t: keyId, kid: keyId }
  const signature = randomBytes(SIGNATURE_BYTES).toString('base64url')
  return [segment(header), segment(claims), signature].join('.')
}

function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
