import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import type { Canaries } from './canaries.ts'
import type { WireAnswer, WireRequest } from './wire-server.ts'

/** What one row's Microsoft knows; a test changes it as it likes. */
export interface EntraState {
  readonly clientId: string
  /** Client secrets that are accepted. */
  readonly clientSecrets: Set<string>
  readonly refreshTokens: Set<string>
  readonly codes: Map<string, { readonly nonce: string; readonly codeChallenge: string }>
  readonly user: { readonly tenantId: string; readonly objectId: string }
  /** The base of every issuer. */
  readonly baseUrl: string
  expiresInSeconds: number
  /** How far Microsoft's clock is ahead of ours. */
  clockAheadSeconds: number
  /** Every token set that was issued, the latest last. */
  readonly issued: { readonly accessToken: string; readonly refreshToken: string }[]
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEY_ID = randomBytes(16).toString('base64url')
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

/** An answer with a JSON body, as Entra gives it. */
export function jsonAnswer(status: number, value: unknown): WireAnswer {
  return { status, headers: JSON_TYPE, body: JSON.stringify(value) }
}

/** Entra's error body. */
export function oauthError(error: string, code?: number, more: object = {}): string {
  const text = code === undefined ? 'Something is wrong.' : `AADSTS${code}: Something is wrong.`
  return JSON.stringify({
    error,
    error_description: `${text} Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: 2026-08-13 10:00:00Z`,
    ...(code === undefined ? {} : { error_codes: [code] }),
    timestamp: '2026-08-13 10:00:00Z',
    trace_id: randomUUID(),
    correlation_id: randomUUID(),
    ...more,
  })
}

/** The keys that sign id_tokens. */
export async function keySetAnswer(): Promise<WireAnswer> {
  const jwk = await exportJWK(publicKey)
  return jsonAnswer(200, { keys: [{ ...jwk, use: 'sig', kid: KEY_ID, alg: 'RS256' }] })
}

/** The token endpoint: client authentication, then one of the two grants. */
export async function tokenAnswer(
  state: EntraState,
  canaries: Canaries,
  { url, body }: WireRequest,
): Promise<WireAnswer> {
  const named = url.split('/').at(-4) ?? ''
  const tenantId = named === 'organizations' ? state.user.tenantId : named
  const form = new URLSearchParams(body)
  for (const name of ['code', 'code_verifier', 'client_secret', 'refresh_token']) {
    canaries.record(name, form.get(name) ?? '')
  }
  if (!state.clientSecrets.has(form.get('client_secret') ?? '')) {
    return refused(401, 'invalid_client', 7000215)
  }
  const isCode = form.get('grant_type') === 'authorization_code'
  const nonce = isCode ? redeemCode(state, form) : redeemRefreshToken(state, form)
  return nonce === undefined
    ? refused(400, 'invalid_grant', isCode ? 70000 : 700082)
    : jsonAnswer(200, await issue(state, canaries, { tenantId, nonce }))
}

function refused(status: number, error: string, code: number): WireAnswer {
  return { status, headers: JSON_TYPE, body: oauthError(error, code) }
}

/** @returns the nonce of the sign-in, or `undefined` when the code is not good. */
function redeemCode(state: EntraState, form: URLSearchParams): string | undefined {
  const code = state.codes.get(form.get('code') ?? '')
  state.codes.delete(form.get('code') ?? '')
  const challenge = createHash('sha256').update(form.get('code_verifier') ?? '')
  return code?.codeChallenge === challenge.digest('base64url') ? code.nonce : undefined
}

/** A refresh token stays good after its use, as at Entra. @returns no nonce, since there is none. */
function redeemRefreshToken(state: EntraState, form: URLSearchParams): string | undefined {
  return state.refreshTokens.has(form.get('refresh_token') ?? '') ? '' : undefined
}

/** Whom an id_token is for. */
interface SignedIn {
  readonly tenantId: string
  /** Empty at a refresh. */
  readonly nonce: string
}

async function issue(state: EntraState, canaries: Canaries, signedIn: SignedIn): Promise<object> {
  const accessToken = canaries.mint('access token', 96)
  const refreshToken = canaries.mint('refresh token', 96)
  state.refreshTokens.add(refreshToken)
  state.issued.push({ accessToken, refreshToken })
  return {
    token_type: 'Bearer',
    scope: 'https://example.crm.dynamics.com/user_impersonation',
    expires_in: state.expiresInSeconds,
    ext_expires_in: state.expiresInSeconds,
    access_token: accessToken,
    refresh_token: refreshToken,
    id_token: await idTokenOf(state, canaries, signedIn),
  }
}

/** The signature is the part of it that nobody else may have. */
async function idTokenOf(
  state: EntraState,
  canaries: Canaries,
  { tenantId, nonce }: SignedIn,
): Promise<string> {
  const { objectId } = state.user
  const now = Math.floor(Date.now() / 1000) + state.clockAheadSeconds
  const token = await new SignJWT({
    aud: state.clientId,
    iss: `${state.baseUrl}/${tenantId}/v2.0`,
    iat: now,
    nbf: now,
    exp: now + 3600,
    tid: tenantId,
    oid: objectId,
    sub: 'pairwise-subject',
    name: 'Mark Olsen',
    preferred_username: 'mark@contoso.example',
    ...(nonce === '' ? {} : { nonce }),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })
    .sign(privateKey)
  canaries.record('id_token signature', token.split('.')[2] ?? '')
  return token
}
