import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type Client,
  clockSkew,
  clockTolerance,
  customFetch,
  getValidatedIdTokenClaims,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  skipStateCheck,
  type TokenEndpointResponse,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from 'oauth4webapi'
import { type Authority, scopeFor } from '../domain/authority.ts'
import type { Clock } from '../domain/clock.ts'
import type {
  AdoptedGrant,
  AuthorizationCodeGrant,
  RedeemedGrant,
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
import { requireSameUser, tenantOf, userOf } from './entra-id-token.ts'
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
      return validated(() =>
        redeemedGrantOf({ options, grant, response, serverOf }, async (server, client) => {
          if (grant.issuer !== undefined && grant.issuer !== server.issuer) {
            throw new TypeError(
              'the issuer of the authorization response is not the one of the id_token',
            )
          }
          const expected = { expectedNonce: grant.nonce, requireIdToken: true }
          const tokens = await processAuthorizationCodeResponse(server, client, response, expected)
          return { tokens, tokenSet: tokenSetOf(tokens, sentAt) }
        }),
      )
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
    adopt: async (grant) => {
      const sentAt = options.now()
      const response = await answer(() =>
        sendRefreshToken(options, serverOf(grant.authority), grant),
      )
      if (response?.status !== 200) return failureOf(response, options.now())
      return validated(() =>
        redeemedGrantOf({ options, grant, response, serverOf }, async (server, client) => {
          const tokens = await processRefreshTokenResponse(server, client, response)
          return { tokens, tokenSet: tokenSetOf(tokens, sentAt, grant.refreshToken) }
        }),
      )
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
  grant: AdoptedGrant,
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

interface GrantAnswer {
  readonly options: EntraTokenEndpointOptions
  readonly grant: AdoptedGrant | AuthorizationCodeGrant
  readonly response: Response
  readonly serverOf: (authority: Authority) => AuthorizationServer
}

/** The tokens of an answer, and whose they are by its id_token, whose claims `process` validates. */
async function redeemedGrantOf(
  { options, grant, response, serverOf }: GrantAnswer,
  process: (
    server: AuthorizationServer,
    client: Client,
  ) => Promise<{ readonly tokens: TokenEndpointResponse; readonly tokenSet: TokenSet }>,
): Promise<RedeemedGrant> {
  const tenant = await tenantOf(grant.authority, response)
  const server = serverOf({ ...grant.authority, tenant })
  const client = clientOf(grant.appCredential.clientId, options.now())
  const { tokens, tokenSet } = await process(server, client)
  const user = userOf(getValidatedIdTokenClaims(tokens))
  const request = { ...entraRequestOptions(options, grant.signal), [customFetch]: fetchKeys }
  await validateApplicationLevelSignature(server, response, request)
  return { outcome: 'issued', tokenSet, user }
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
