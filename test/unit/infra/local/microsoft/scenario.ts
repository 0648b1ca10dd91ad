import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import {
  type MicrosoftStandIn,
  type MicrosoftStandInOptions,
  startMicrosoftStandIn,
} from '../../../../../infra/local/microsoft/server.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

export const CLIENT_ID = '9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a'
export const CLIENT_SECRET = 'Abc~8Q:with/reserved%characters&more+'
export const REDIRECT_URI = 'http://localhost:3000/connector/callback'
export const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const RESOURCE = 'https://example.crm.dynamics.com'
export const SCOPE = `${RESOURCE}/user_impersonation offline_access openid profile`
export const START = new Date('2026-08-13T10:20:30.000Z')

const folder = temporaryFolder('microsoft-stand-in')

/** A file of this test run's own. */
export function temporaryFile(name: string): string {
  return join(mkdtempSync(join(folder, 'files-')), name)
}

export interface TokenBody {
  readonly token_type: string
  readonly scope: string
  readonly expires_in: number
  readonly ext_expires_in: number
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly client_info?: string
}

export interface RefusalBody {
  readonly error: string
  readonly error_description: string
  readonly error_codes: readonly number[]
  readonly timestamp: string
  readonly trace_id: string
  readonly correlation_id: string
  readonly error_uri?: string
  readonly suberror?: string
  readonly claims?: string
}

type Fields = Readonly<Record<string, string | undefined>>

/** A running stand-in with a clock in the hand of the test. */
export interface Scenario {
  readonly standIn: MicrosoftStandIn
  advance(milliseconds: number): void
  /** `undefined` leaves a parameter out. */
  authorizeUrl(parameters?: Fields, authority?: string): string
  /** Posts the sign-in form and answers where the browser is sent, or the page it is shown. */
  choose(url: string, form: Readonly<Record<string, string>>): Promise<Response>
  signIn(parameters?: Fields, username?: string): Promise<string>
  token(fields: Fields, authority?: string): Promise<Response>
  redeem(code: string, fields?: Fields, authority?: string): Promise<Response>
  refresh(refreshToken: string, fields?: Fields, authority?: string): Promise<Response>
  tokens(parameters?: Fields, username?: string): Promise<TokenBody>
  dataverse(path: string, token?: string): Promise<Response>
  admin(method: string, path: string, body?: unknown): Promise<Response>
}

export async function scenario(options: Partial<MicrosoftStandInOptions> = {}): Promise<Scenario> {
  let time = START.getTime()
  const standIn = await startMicrosoftStandIn({
    port: 0,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    redirectUris: [REDIRECT_URI],
    now: () => new Date(time),
    signingKeyFile: join(folder, 'key.pem'),
    ...options,
  })
  onTestFinished(() => standIn.close())
  const { url } = standIn
  const contoso = TENANTS.contoso.id
  const self: Scenario = {
    standIn,
    advance: (milliseconds) => {
      time += milliseconds
    },
    authorizeUrl: (parameters = {}, authority = contoso) => {
      const query = form({
        client_id: CLIENT_ID,
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        scope: SCOPE,
        state: 'state-1',
        nonce: 'nonce-1',
        code_challenge: createHash('sha256').update(CODE_VERIFIER).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      })
      return `${url}/${authority}/oauth2/v2.0/authorize?${query}`
    },
    choose: (address, fields) =>
      fetch(address, { method: 'POST', body: form(fields), redirect: 'manual' }),
    signIn: async (parameters, username = USERS.contosoMember.username) => {
      const response = await self.choose(self.authorizeUrl(parameters), { account: username })
      return returned(response).get('code') ?? ''
    },
    token: (fields, authority = contoso) => {
      const body = form({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...fields })
      return fetch(`${url}/${authority}/oauth2/v2.0/token`, { method: 'POST', body })
    },
    redeem: (code, fields, authority) => {
      const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI }
      return self.token({ ...grant, code_verifier: CODE_VERIFIER, ...fields }, authority)
    },
    refresh: (refreshToken, fields, authority) => {
      const grant = { grant_type: 'refresh_token', refresh_token: refreshToken, scope: SCOPE }
      return self.token({ ...grant, ...fields }, authority)
    },
    tokens: async (parameters, username) =>
      bodyOf<TokenBody>(await self.redeem(await self.signIn(parameters, username))),
    dataverse: (path, token) =>
      fetch(`${url}/dataverse/${path}`, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      }),
    admin: (method, path, body) =>
      fetch(`${url}/admin/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
  }
  return self
}

/** What came back to the application in the query. */
export function returned(response: Response): URLSearchParams {
  return new URL(response.headers.get('location') ?? 'about:blank').searchParams
}

export async function bodyOf<T>(response: Response): Promise<T> {
  const body: unknown = await response.json()
  return body as T
}

export async function refusalOf(response: Response): Promise<RefusalBody> {
  return bodyOf<RefusalBody>(response)
}

/** The claims of a JWT, not verified. */
export function claimsOf(jwt: string): Readonly<Record<string, unknown>> {
  const payload: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  return payload as Readonly<Record<string, unknown>>
}

function form(fields: Fields): URLSearchParams {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) parameters.append(name, value)
  }
  return parameters
}
