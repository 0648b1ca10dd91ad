import { SETTINGS_KEY } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { dynamodbSignInTokens } from '../../../functions/adapters/dynamodb-sign-in-tokens.ts'
import { aNewSignInToken } from '../../support/builders.ts'
import { call, type HttpAnswer, httpEvent, sent } from './calls.ts'
import { ACCOUNT, rewrite } from './connections.ts'
import { PARTNER_URL, type Stage } from './stage.ts'

/** A browser that has been at Microsoft and comes back. */
export interface ReturningBrowser {
  readonly query: string
  readonly cookies: readonly string[]
}

/** A link for the connection. @returns its token. */
export async function signInLink(stage: Stage): Promise<string> {
  const { scene, signInsTable, entra } = stage
  await rewrite(stage, SETTINGS_KEY.pk.S ?? '', { clientId: { S: entra.clientId } })
  const { token, text } = aNewSignInToken(ACCOUNT, new Date())
  const tokens = dynamodbSignInTokens(scene.dynamodb.client, { table: signInsTable })
  await tokens.create(token)
  stage.canaries.record('sign-in token', text)
  return text
}

/** Opens the link. */
export async function openLink(stage: Stage, id: number, token: string): Promise<HttpAnswer> {
  const query = new URLSearchParams({ id: String(id), token, targetOrigin: `${PARTNER_URL}/back` })
  const event = httpEvent('GET /connector/authorize', { query: query.toString() })
  const answer = await call(stage.runtime, 'authorize', event)
  recordSecretsOf(stage, answer)
  // State and nonce are for Microsoft, the cookie is for the browser; nothing else may hold them.
  const { location = '', ...headers } = answer.headers
  const { origin = '', pathname = '' } = URL.parse(location) ?? {}
  sent(stage, { ...answer, headers: { ...headers, location: `${origin}${pathname}` }, cookies: [] })
  return answer
}

function recordSecretsOf({ canaries }: Stage, { headers, cookies }: HttpAnswer): void {
  const parameters = URL.parse(headers.location ?? '')?.searchParams
  canaries.record('state', parameters?.get('state') ?? '')
  canaries.record('nonce', parameters?.get('nonce') ?? '')
  for (const cookie of cookies) canaries.record('cookie', /=([^;]*)/.exec(cookie)?.[1] ?? '')
}

/** Signs in at Microsoft, which sends the browser back with a code. */
export function returnFromMicrosoft(stage: Stage, begun: HttpAnswer): ReturningBrowser {
  const parameters = URL.parse(begun.headers.location ?? '')?.searchParams
  const code = stage.canaries.mint('code', 200)
  stage.entra.codes.set(code, {
    nonce: parameters?.get('nonce') ?? '',
    codeChallenge: parameters?.get('code_challenge') ?? '',
  })
  const state = parameters?.get('state') ?? ''
  const query = new URLSearchParams({ code, state, session_state: 'x' }).toString()
  return { query, cookies: begun.cookies.map((cookie) => cookie.split(';')[0] ?? '') }
}

/** `GET /connector/callback`. */
export async function callback(stage: Stage, browser: ReturningBrowser): Promise<HttpAnswer> {
  const answer = await call(
    stage.runtime,
    'callback',
    httpEvent('GET /connector/callback', browser),
  )
  sent(stage, answer)
  return answer
}
