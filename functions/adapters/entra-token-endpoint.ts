import { decodeJwt } from 'jose'
import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type Client,
  clockSkew,
  clockTolerance,
  customFetch,
  getValidatedIdTokenClaims,
  type IDToken,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  skipStateCheck,
  type TokenEndpointResponse,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from 'oauth4webapi'
import { type Authority, isGuid, scopeFor } from '../domain/authority.ts'
import type { Clock } from '../domain/clock.ts'
import type { User } from '../domain/connection.ts'
import type {
  AuthorizationCodeGrant,
  RedeemedCode,
  RefreshTokenGrant,
  TokenEndpoint,
  TokenEndpointFailure,
  TokenSet,
} from '../domain/token-endpoint.ts'
import { clientAuthenticationOf } from './entra-client-authentication.ts'
import {
  authorizationServerOf,
  type EntraLocation,
  entraRequestOptions,
  isIssuerOf,
} from './entra-endpoints.ts'
import { entraFailureOf } from './entra-failure.ts'
import { fetchKeys, KeysUnavailable } from './fetch-keys.ts'

/** Clocks may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 300

/** What an access token is taken to live when the answer does not say: well below Entra's 60 minutes. */
const DEFAULT_LIFETIME_SECONDS = 30 * 60

/** No access token of Entra's lives longer (28 hours with continuous access evaluation). */
const LONGEST_LIFETIME_SECONDS = 28 * 60 * 60

export interface EntraTokenEndpointOptions extends EntraLocation {
  readonly now: Clock
}

export function entraTokenEndpoint(options: EntraTokenEndpointOptions): TokenEndpoint {
  const serverOf = rememberedServers(options)
  return {
    exchangeCode: async (grant) => {
      if (!isIssuerOf(options, grant.authority, grant.issuer))
        return { outcome: 'malformed', what: 'another issuer' }
      const sentAt = options.now()
      const response = await answer(() => sendCode(options, serverOf(grant.authority), grant))
      if (response?.status !== 200) return failureOf(response, options.now())
      return validated(() => redeemedCodeOf({ options, grant, response, sentAt, serverOf }))
    },
    refresh: async (grant) => {
      const sentAt = options.now()
      const server = serverOf(grant.authority)
      const response = await answer(() => sendRefreshToken(options, server, grant))
      if (response?.status !== 200) return failureOf(response, options.now())
      return validated(async () => {
        const client = clientOf(grant.appCredential.clientId, options.now())
        const tokens = await processRefreshTokenResponse(server, client, response)
        requireSameUser(getValidatedIdTokenClaims(tokens), grant.user)
        return { outcome: 'issued', tokenSet: tokenSetOf(tokens, sentAt, grant.refreshToken) }
      })
    },
  }
}

/** One metadata object for each tenant, since the signing keys are remembered by it. */
function rememberedServers(location: EntraLocation): (authority: Authority) => AuthorizationServer {
  const servers = new Map<string, AuthorizationServer>()
  return (authority) => {
    const key = `${authority.loginHost}/${authority.tenant}`
    const server = servers.get(key) ?? authorizationServerOf(location, authority)
    servers.set(key, server)
    return server
  }
}

function sendCode(
  options: EntraTokenEndpointOptions,
  server: AuthorizationServer,
  grant: AuthorizationCodeGrant,
): Promise<Response> {
  const { appCredential } = grant
  const client: Client = { client_id: appCredential.clientId }
  const parameters = new URLSearchParams({ code: grant.code })
  return authorizationCodeGrantRequest(
    server,
    client,
    clientAuthenticationOf(appCredential, { server, now: options.now() }),
    validateAuthResponse(server, client, parameters, skipStateCheck),
    grant.redirectUri,
    grant.codeVerifier,
    {
      ...entraRequestOptions(options, grant.signal),
      additionalParameters: { scope: scopeFor(grant.resource) },
    },
  )
}

function sendRefreshToken(
  options: EntraTokenEndpointOptions,
  server: AuthorizationServer,
  grant: RefreshTokenGrant,
): Promise<Response> {
  const { appCredential } = grant
  return refreshTokenGrantRequest(
    server,
    { client_id: appCredential.clientId },
    clientAuthenticationOf(appCredential, { server, now: options.now() }),
    grant.refreshToken,
    {
      ...entraRequestOptions(options, grant.signal),
      additionalParameters: { scope: scopeFor(grant.resource) },
    },
  )
}

/** The answer, or `undefined` when none came. */
async function answer(send: () => Promise<Response>): Promise<Response | undefined> {
  try {
    return await send()
  } catch {
    return undefined
  }
}

async function failureOf(response: Response | undefined, now: Date): Promise<TokenEndpointFailure> {
  if (response === undefined) {
    return { outcome: 'unavailable', status: undefined, retryAfter: undefined }
  }
  return entraFailureOf(response, now)
}

/** What does not validate is named, never quoted: the library's errors carry the whole answer. */
async function validated<T>(read: () => Promise<T>): Promise<T | TokenEndpointFailure> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof KeysUnavailable)
      return { outcome: 'unavailable', status: undefined, retryAfter: undefined }
    const isNamed = error instanceof Error && 'code' in error && typeof error.code === 'string'
    return { outcome: 'malformed', what: isNamed ? String(error.code) : 'unexpected form' }
  }
}

interface CodeAnswer {
  readonly options: EntraTokenEndpointOptions
  readonly grant: AuthorizationCodeGrant
  readonly response: Response
  readonly sentAt: Date
  readonly serverOf: (authority: Authority) => AuthorizationServer
}

async function redeemedCodeOf(codeAnswer: CodeAnswer): Promise<RedeemedCode> {
  const { options, grant, response, sentAt, serverOf } = codeAnswer
  const server = serverOf({ ...grant.authority, tenant: await tenantOf(grant, response) })
  if (grant.issuer !== undefined && grant.issuer !== server.issuer) {
    throw new TypeError('the issuer of the authorization response is not the one of the id_token')
  }
  const client = clientOf(grant.appCredential.clientId, options.now())
  const tokens = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: grant.nonce,
    requireIdToken: true,
  })
  const request = { ...entraRequestOptions(options, grant.signal), [customFetch]: fetchKeys }
  await validateApplicationLevelSignature(server, response, request)
  const user = userOf(getValidatedIdTokenClaims(tokens))
  return { outcome: 'issued', tokenSet: tokenSetOf(tokens, sentAt), user }
}

/** The tenant whose issuer the id_token must name: the authority's, else the one it names itself. */
async function tenantOf(grant: AuthorizationCodeGrant, response: Response): Promise<string> {
  if (isGuid(grant.authority.tenant)) return grant.authority.tenant
  const body: unknown = await response.clone().json()
  const isObject = typeof body === 'object' && body !== null
  const idToken = isObject && 'id_token' in body ? body.id_token : undefined
  const { tid } = decodeJwt(String(idToken))
  if (typeof tid !== 'string' || !isGuid(tid)) throw new TypeError('the id_token names no tenant')
  return tid
}

function clientOf(clientId: string, now: Date): Client {
  return {
    client_id: clientId,
    id_token_signed_response_alg: 'RS256',
    [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    [clockSkew]: Math.round((now.getTime() - Date.now()) / 1000),
  }
}

function tokenSetOf(tokens: TokenEndpointResponse, obtainedAt: Date, sent?: string): TokenSet {
  const refreshToken = tokens.refresh_token ?? sent
  if (tokens.token_type !== 'bearer') throw new TypeError('the token is not a bearer token')
  if (!refreshToken) throw new TypeError('the answer has no refresh token')
  if (tokens.expires_in === 0) throw new TypeError('the token has expired already')
  const lifetime = Math.min(tokens.expires_in ?? DEFAULT_LIFETIME_SECONDS, LONGEST_LIFETIME_SECONDS)
  return {
    accessToken: tokens.access_token,
    refreshToken,
    accessTokenExpiresAt: new Date(obtainedAt.getTime() + lifetime * 1000),
    obtainedAt,
  }
}

/** Tenant and object id identify the user; names are for display only and may change. */
function userOf(claims: IDToken | undefined): User {
  if (claims === undefined) throw new TypeError('the answer has no id_token')
  const { tid, oid, name, preferred_username, login_hint } = claims
  if (typeof tid !== 'string' || !isGuid(tid) || typeof oid !== 'string' || !isGuid(oid)) {
    throw new TypeError('the id_token does not say whose it is')
  }
  return {
    tenantId: tid,
    objectId: oid,
    name: displayText(name),
    username: displayText(preferred_username),
    loginHint: displayText(login_hint),
  }
}

function displayText(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim.slice(0, 1024) : undefined
}

function requireSameUser(
  claims: IDToken | undefined,
  user: Pick<User, 'tenantId' | 'objectId'>,
): void {
  if (claims === undefined) return
  const { tenantId, objectId } = userOf(claims)
  if (tenantId !== user.tenantId || objectId !== user.objectId) {
    throw new TypeError("the id_token is another user's")
  }
}
