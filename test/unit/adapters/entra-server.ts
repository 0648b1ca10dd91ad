import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type {
  AdoptedGrant,
  AuthorizationCodeGrant,
  RefreshTokenGrant,
} from '../../../functions/domain/token-endpoint.ts'
import { T0 } from '../../fakes/hand-clock.ts'
import { AUTHORITY, aUser, RESOURCE, TENANT } from '../../support/builders.ts'
import {
  type Answer,
  type Answerer,
  type Received,
  send,
  tinyServer,
} from '../support/tiny-server.ts'

export const CLIENT_ID = '11111111-2222-4333-8444-555555555555'
export const APP_SECRET = 'canary+client&secret%2B=~" \\end'
export const CODE = 'canary-code-0.AXoA~+/='
export const CODE_VERIFIER = 'canary-verifier-dBjftJeZ4CVP-mB92K27uhbUJU1p1r'
export const NONCE = 'canary-nonce-0123456789'
export const ACCESS_TOKEN = 'canary-access-token'
export const REFRESH_TOKEN = 'canary-refresh-token'
export const SENT_REFRESH_TOKEN = 'canary-sent-refresh-token'

const KEY_ID = 'key-1'
const signingKey = await generateKeyPair('RS256', { extractable: true })
const otherKey = await generateKeyPair('RS256', { extractable: true })
const publicKey = await exportJWK(signingKey.publicKey)

/** What a test bends of an id_token. */
export interface IdTokenParts {
  /** `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly keyId?: string
  /** How it is signed, unless as Microsoft does. */
  readonly by?: 'another key' | 'none' | 'the client secret' | 'nobody'
}

/** A token endpoint of a test, with its signing keys. */
export interface EntraServer {
  readonly url: string
  /** The requests of the token endpoint. */
  readonly grants: readonly Received[]
  readonly keyRequests: readonly Received[]
  /** What the token endpoint answers from now on. */
  answer(answer: Answer): void
  answerKeys(answer: Answer | Answerer): void
  /** A success, with some of its members bent; `undefined` leaves one out. */
  issue(members?: Readonly<Record<string, unknown>>, idToken?: IdTokenParts): Promise<void>
  idToken(parts?: IdTokenParts): Promise<string>
}

export async function entraServer(): Promise<EntraServer> {
  const usual = { keys: [{ ...publicKey, kid: KEY_ID, use: 'sig' }] }
  let token: Answer = { status: 500 }
  let keys: Answer | Answerer = { body: usual }
  const server = await tinyServer((request, response) => {
    const answer = request.path.endsWith('/token') ? token : keys
    return typeof answer === 'function' ? answer(request, response) : send(response, answer)
  })
  const ending = (end: string) => server.received.filter(({ path }) => path.endsWith(end))
  const idToken = async (parts: IdTokenParts = {}) =>
    signed({ ...usualClaims(server.url), ...parts.claims }, parts)
  return {
    url: server.url,
    get grants() {
      return ending('/oauth2/v2.0/token')
    },
    get keyRequests() {
      return ending('/discovery/v2.0/keys')
    },
    answer: (answer) => {
      token = answer
    },
    answerKeys: (answer) => {
      keys = answer
    },
    issue: async (members = {}, parts = {}) => {
      token = { body: { ...usualMembers, id_token: await idToken(parts), ...members } }
    },
    idToken,
  }
}

const usualMembers = {
  token_type: 'Bearer',
  scope: `${RESOURCE}/user_impersonation`,
  expires_in: 4321,
  ext_expires_in: 4321,
  access_token: ACCESS_TOKEN,
  refresh_token: REFRESH_TOKEN,
}

export const nowInSeconds = T0.getTime() / 1000

function usualClaims(url: string): Readonly<Record<string, unknown>> {
  const { objectId, name, username, loginHint } = aUser()
  return {
    iss: `${url}/${TENANT}/v2.0`,
    aud: CLIENT_ID,
    iat: nowInSeconds,
    nbf: nowInSeconds,
    exp: nowInSeconds + 3600,
    nonce: NONCE,
    sub: 'canary-subject',
    tid: TENANT,
    oid: objectId,
    name,
    preferred_username: username,
    login_hint: loginHint,
    ver: '2.0',
  }
}

async function signed(claims: object, { keyId = KEY_ID, by }: IdTokenParts): Promise<string> {
  const payload = JSON.parse(JSON.stringify(claims))
  const header = { alg: 'RS256', kid: keyId }
  const jwt = new SignJWT(payload)
  if (by === 'none') return `${encoded({ ...header, alg: 'none' })}.${encoded(payload)}.`
  if (by === 'nobody') return `${encoded(header)}.${encoded(payload)}.${encoded({ a: 1 })}`
  if (by === 'the client secret') {
    const secret = new TextEncoder().encode(APP_SECRET)
    return jwt.setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)
  }
  const { privateKey } = by === 'another key' ? otherKey : signingKey
  return jwt.setProtectedHeader(header).sign(privateKey)
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const appCredential = {
  kind: 'client_secret',
  clientId: CLIENT_ID,
  clientSecret: APP_SECRET,
} as const
const { signal } = new AbortController()

export function aCodeGrant(grant: Partial<AuthorizationCodeGrant> = {}): AuthorizationCodeGrant {
  return {
    authority: AUTHORITY,
    appCredential,
    code: CODE,
    issuer: undefined,
    redirectUri: 'https://connect.example/connector/callback',
    codeVerifier: CODE_VERIFIER,
    nonce: NONCE,
    resource: RESOURCE,
    signal,
    ...grant,
  }
}

export function aRefreshGrant(grant: Partial<RefreshTokenGrant> = {}): RefreshTokenGrant {
  return {
    authority: AUTHORITY,
    appCredential,
    refreshToken: SENT_REFRESH_TOKEN,
    resource: RESOURCE,
    user: aUser(),
    signal,
    ...grant,
  }
}

export function anAdoptedGrant(grant: Partial<AdoptedGrant> = {}): AdoptedGrant {
  const { user: _, ...adopted } = aRefreshGrant(grant)
  return adopted
}
