import {
  type AuthorizationServer,
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discoveryRequest,
  None,
  processDiscoveryResponse,
} from 'oauth4webapi'
import type { PeopleProvider } from '../domain/people-provider.ts'
import type { PeopleProviderTrouble } from '../domain/people-sign-in.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'
import { outboundFetch } from './outbound-fetch.ts'

/** A provider that is there: its metadata, and how it knows that a token request is the console's. */
export interface OpenidServer {
  readonly server: AuthorizationServer & { readonly authorization_endpoint: string }
  readonly authentication: ClientAuth
}

type Discovered =
  | ({ readonly outcome: 'found' } & OpenidServer)
  | ({ readonly outcome: 'unavailable' } & PeopleProviderTrouble)

/** Nothing that is shown on a page needs more. */
const LONGEST_ISSUER = 2048

/**
 * Reads a provider's metadata, which has to name the issuer that was asked for.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export async function discover(provider: PeopleProvider, signal: AbortSignal): Promise<Discovered> {
  const issuer = new URL(provider.issuer)
  const options = openidRequestOptions(provider, signal)
  const response = await discoveryRequest(issuer, options).catch(() => undefined)
  if (response === undefined || isPassing(response.status)) {
    return { outcome: 'unavailable', why: 'no_answer', status: response?.status }
  }
  const named = issuerIn(await response.text())
  if (response.status !== 200 || named === undefined) return NOT_A_PROVIDER
  if (new URL(named).href !== issuer.href) {
    return { outcome: 'unavailable', why: 'another_issuer', issuer: named }
  }
  return foundAt(issuer, { provider, response })
}

/** What the metadata calls its issuer, where that is an address. */
function issuerIn(text: string): string | undefined {
  const metadata = jsonObjectOf(text)
  const named = (metadata && optionalText(metadata, 'issuer')) ?? ''
  const isAddress = /^https?:$/.test(URL.parse(named)?.protocol ?? '')
  return isAddress && named.length <= LONGEST_ISSUER ? named : undefined
}

async function foundAt(
  issuer: URL,
  { provider, response }: { readonly provider: PeopleProvider; readonly response: Response },
): Promise<Discovered> {
  const server = await processDiscoveryResponse(issuer, response).catch(() => undefined)
  if (server === undefined || !hasEndpoints(server, issuer)) return NOT_A_PROVIDER
  const authentication = clientAuthenticationOf(provider, server)
  return authentication === undefined
    ? { outcome: 'unavailable', why: 'client_authentication_unsupported' }
    : { outcome: 'found', server, authentication }
}

const NOT_A_PROVIDER = { outcome: 'unavailable', why: 'not_a_provider' } as const

/** How every call to a provider is made; plain HTTP only to an issuer that is on this machine. */
export function openidRequestOptions(
  { issuer }: PeopleProvider,
  signal: AbortSignal,
): {
  readonly [customFetch]: typeof outboundFetch
  readonly [allowInsecureRequests]: boolean
  readonly signal: AbortSignal
} {
  const isPlainHttp = issuer.startsWith('http://')
  return { [customFetch]: outboundFetch, [allowInsecureRequests]: isPlainHttp, signal }
}

/** Whether an answer says nothing but "later". */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** The endpoints of the code flow are there, and as well protected as the issuer. */
function hasEndpoints(server: AuthorizationServer, issuer: URL): server is OpenidServer['server'] {
  const { authorization_endpoint, token_endpoint, jwks_uri } = server
  return [authorization_endpoint, token_endpoint, jwks_uri].every((endpoint) => {
    const protocol = URL.parse(endpoint ?? '')?.protocol
    return protocol === 'https:' || (protocol === 'http:' && issuer.protocol === 'http:')
  })
}

/** Basic unless the provider says otherwise (OpenID Connect Discovery §3). */
function clientAuthenticationOf(
  { clientSecret }: PeopleProvider,
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: AuthorizationServer,
): ClientAuth | undefined {
  if (clientSecret === undefined) return None()
  if (methods.includes('client_secret_basic')) return ClientSecretBasic(clientSecret)
  return methods.includes('client_secret_post') ? ClientSecretPost(clientSecret) : undefined
}
