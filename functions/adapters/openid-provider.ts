import {
  AuthorizationResponseError,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  clockSkew,
  clockTolerance,
  customFetch,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  getValidatedIdTokenClaims,
  type IDToken,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  userInfoRequest,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from 'oauth4webapi'
import type { Clock } from '../domain/clock.ts'
import type {
  CompletedPeopleSignIn,
  PeopleSignIn,
  PeopleSignInAnswer,
  PeopleSignInRequest,
  PeopleSignInSecrets,
} from '../domain/people-sign-in.ts'
import { fetchKeys, KeysUnavailable } from './fetch-keys.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'
import { discover, isPassing, type OpenidServer, openidRequestOptions } from './openid-discovery.ts'
import { openidPersonOf } from './openid-person.ts'

/** Clocks may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 60

const SCOPE = 'openid email profile'

/** An OAuth error (RFC 6749 §5.2); anything else is not shown. */
const ERROR_NAME = /^[a-z0-9_.-]{1,64}$/i

export function openidProvider({ now }: { readonly now: Clock }): PeopleSignIn {
  return {
    begin: async (request) => {
      const found = await discover(request.provider, request.signal)
      if (found.outcome === 'unavailable') return found
      const secrets = newSecrets()
      const authorizationUrl = await authorizationUrlOf(found, request, secrets)
      return { outcome: 'begun', authorizationUrl, secrets }
    },
    complete: async (answer) => {
      // What was not begun here is told from the query alone, and costs the provider nothing.
      const states = answer.callbackParameters.getAll('state')
      if (states.length !== 1 || states[0] !== answer.secrets.state) return NOT_THE_ANSWER
      const found = await discover(answer.provider, answer.signal)
      if (found.outcome === 'unavailable') return found
      return redeem({ ...found, answer, client: clientOf(answer, now()) })
    },
  }
}

const NOT_THE_ANSWER = { outcome: 'refused', why: 'not_the_answer' } as const

function newSecrets(): PeopleSignInSecrets {
  return {
    state: generateRandomState(),
    nonce: generateRandomNonce(),
    codeVerifier: generateRandomCodeVerifier(),
  }
}

async function authorizationUrlOf(
  { server }: OpenidServer,
  { provider, redirectUri }: PeopleSignInRequest,
  { state, nonce, codeVerifier }: PeopleSignInSecrets,
): Promise<string> {
  const url = new URL(server.authorization_endpoint)
  const parameters = {
    client_id: provider.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

function clientOf({ provider }: PeopleSignInRequest, now: Date): Client {
  return {
    client_id: provider.clientId,
    [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    [clockSkew]: Math.round((now.getTime() - Date.now()) / 1000),
  }
}

interface Redemption extends OpenidServer {
  readonly answer: PeopleSignInAnswer
  readonly client: Client
}

async function redeem(redemption: Redemption): Promise<CompletedPeopleSignIn> {
  const { server, client, answer } = redemption
  const parameters = grantedOf(redemption)
  if (!(parameters instanceof URLSearchParams)) return parameters
  const { provider, redirectUri, secrets, signal } = answer
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    redemption.authentication,
    parameters,
    redirectUri,
    secrets.codeVerifier,
    openidRequestOptions(provider, signal),
  ).catch(() => undefined)
  if (response?.status !== 200) return notRedeemed(response)
  return proven(redemption, response)
}

/** The parameters of an answer that grants something, or what it says instead. */
function grantedOf({
  server,
  client,
  answer,
}: Redemption): URLSearchParams | CompletedPeopleSignIn {
  const { callbackParameters, secrets } = answer
  try {
    const parameters = validateAuthResponse(server, client, callbackParameters, secrets.state)
    return parameters.get('code') ? parameters : NOT_THE_ANSWER
  } catch (error) {
    if (!(error instanceof AuthorizationResponseError)) return NOT_THE_ANSWER
    return { outcome: 'refused', why: 'not_granted', error: errorNameOf(error.error) }
  }
}

async function notRedeemed(response: Response | undefined): Promise<CompletedPeopleSignIn> {
  const status = response?.status
  if (response === undefined || isPassing(response.status)) {
    return { outcome: 'unavailable', why: 'no_answer', status }
  }
  const body = jsonObjectOf(await response.text())
  const error = errorNameOf(body && optionalText(body, 'error'))
  return { outcome: 'refused', why: 'not_redeemed', error }
}

/** What does not validate is named, never quoted: the library's errors carry the whole answer. */
async function proven(redemption: Redemption, response: Response): Promise<CompletedPeopleSignIn> {
  try {
    const { idToken, accessToken } = await validated(redemption, response)
    const userinfo = await userinfoOf(redemption, { subject: idToken.sub, accessToken })
    return { outcome: 'signed_in', person: openidPersonOf(idToken, userinfo) }
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      return { outcome: 'unavailable', why: 'no_answer', status: undefined }
    }
    const isNamed = error instanceof Error && 'code' in error && typeof error.code === 'string'
    const what = isNamed ? String(error.code) : 'unexpected form'
    return { outcome: 'refused', why: 'not_proven', what }
  }
}

/** Signature, issuer, audience, nonce and times (OpenID Connect Core §3.1.3.7). */
async function validated(
  { server, client, answer }: Redemption,
  response: Response,
): Promise<{ readonly idToken: IDToken; readonly accessToken: string }> {
  const tokens = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: answer.secrets.nonce,
    requireIdToken: true,
  })
  const options = openidRequestOptions(answer.provider, answer.signal)
  await validateApplicationLevelSignature(server, response, {
    ...options,
    [customFetch]: fetchKeys,
  })
  const idToken = getValidatedIdTokenClaims(tokens)
  if (idToken === undefined) throw new TypeError('the answer has no id_token')
  return { idToken, accessToken: tokens.access_token }
}

/** What userinfo adds (OpenID Connect Core §5.4); without an answer of the same person it adds nothing. */
async function userinfoOf(
  { server, client, answer }: Redemption,
  { subject, accessToken }: { readonly subject: string; readonly accessToken: string },
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (server.userinfo_endpoint === undefined) return undefined
  try {
    const options = openidRequestOptions(answer.provider, answer.signal)
    const response = await userInfoRequest(server, client, accessToken, options)
    return { ...(await processUserInfoResponse(server, client, subject, response)) }
  } catch {
    return undefined
  }
}

function errorNameOf(error: string | undefined): string {
  return error !== undefined && ERROR_NAME.test(error) ? error : 'unknown'
}
