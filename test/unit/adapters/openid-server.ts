import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { PeopleProvider } from '../../../functions/domain/people-provider.ts'
import { T0 } from '../../fakes/hand-clock.ts'
import { type Answer, type Received, send, tinyServer } from '../support/tiny-server.ts'

export const CLIENT_ID = 'console'
export const CLIENT_SECRET = 'canary+client&secret'
export const REDIRECT_URI = 'https://connect.example/console/callback'
export const ACCESS_TOKEN = 'canary-access-token'
export const CODE = 'canary-code'

const KEY_ID = 'key-1'
const signingKey = await generateKeyPair('RS256')
const otherKey = await generateKeyPair('RS256')
const ecKey = await generateKeyPair('ES256')

/** What a test bends of an id_token. */
export interface IdTokenParts {
  /** `undefined` leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly keyId?: string
  /** How it is signed, unless as the metadata says. */
  readonly by?: 'another key' | 'none' | 'the client secret' | 'an elliptic curve'
}

/** An OpenID provider of one test, made by hand. */
export interface OpenidServer {
  readonly provider: PeopleProvider
  readonly received: readonly Received[]
  at(end: string): readonly Received[]
  /** Bends the metadata; `undefined` leaves a member out. */
  metadata(members: Readonly<Record<string, unknown>>): void
  /** What is answered at a path from now on. */
  answer(path: string, answer: Answer): void
  /** A success of the token endpoint, for the nonce of the sign-in. */
  issue(nonce: string, parts?: IdTokenParts): Promise<void>
}

export async function openidServer(): Promise<OpenidServer> {
  const answers = new Map<string, Answer>()
  const server = await tinyServer(({ path }, response) =>
    send(response, answers.get(path) ?? { status: 404 }),
  )
  const issuer = `${server.url}/tenant`
  const metadata = (members: Readonly<Record<string, unknown>>) => {
    const body = { ...usualMetadata(issuer), ...members }
    answers.set('/tenant/.well-known/openid-configuration', { body })
  }
  metadata({})
  const rsa = { ...(await exportJWK(signingKey.publicKey)), kid: KEY_ID, use: 'sig' }
  const ec = { ...(await exportJWK(ecKey.publicKey)), kid: 'ec', use: 'sig' }
  answers.set('/keys', { body: { keys: [rsa, ec] } })
  return {
    provider: { issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, people: [] },
    received: server.received,
    at: (end) => server.received.filter(({ path }) => path.endsWith(end)),
    metadata,
    answer: (path, answer) => answers.set(path, answer),
    issue: async (nonce, parts = {}) => {
      const claims = { ...usualClaims(issuer), nonce, ...parts.claims }
      const id_token = await signed(JSON.parse(JSON.stringify(claims)), parts)
      const body = { token_type: 'Bearer', access_token: ACCESS_TOKEN, expires_in: 300, id_token }
      answers.set('/token', { body })
    },
  }
}

function usualMetadata(issuer: string) {
  const { origin } = new URL(issuer)
  return {
    issuer,
    authorization_endpoint: `${origin}/authorize?tenant=7`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/keys`,
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
  }
}

const SECONDS = T0.getTime() / 1000

function usualClaims(iss: string) {
  return {
    iss,
    aud: CLIENT_ID,
    sub: '248289761001',
    iat: SECONDS,
    exp: SECONDS + 300,
    email: 'ana@partner.example',
    email_verified: true,
    name: 'Ana Costa',
    groups: ['operators'],
  }
}

async function signed(claims: Record<string, unknown>, parts: IdTokenParts): Promise<string> {
  const { keyId = KEY_ID, by } = parts
  const jwt = new SignJWT(claims)
  switch (by) {
    case 'none':
      return `${encoded({ alg: 'none', kid: keyId })}.${encoded(claims)}.`
    case 'the client secret':
      return jwt
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(CLIENT_SECRET.padEnd(32, '-')))
    case 'an elliptic curve':
      return jwt.setProtectedHeader({ alg: 'ES256', kid: 'ec' }).sign(ecKey.privateKey)
    case 'another key':
      return jwt.setProtectedHeader({ alg: 'RS256', kid: keyId }).sign(otherKey.privateKey)
    default:
      return jwt.setProtectedHeader({ alg: 'RS256', kid: keyId }).sign(signingKey.privateKey)
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
