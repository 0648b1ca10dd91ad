import { type AuthorizationServer, allowInsecureRequests, customFetch } from 'oauth4webapi'
import { type Authority, isGuid } from '../domain/authority.ts'
import { outboundFetch } from './outbound-fetch.ts'

/** Where Entra is: at each authority's own login host, or all of them at one base URL instead. */
export interface EntraLocation {
  readonly entraBaseUrl: string | undefined
}

/** The URL under which a tenant's endpoints are, without a trailing slash. */
export function authorityUrl(location: EntraLocation, authority: Authority): string {
  return `${location.entraBaseUrl ?? `https://${authority.loginHost}`}/${authority.tenant}`
}

/**
 * The metadata of one tenant's authorization server. Entra's are known by their form, so that none is
 * fetched.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc
 */
export function authorizationServerOf(
  location: EntraLocation,
  authority: Authority,
): AuthorizationServer {
  const url = authorityUrl(location, authority)
  return {
    issuer: `${url}/v2.0`,
    authorization_endpoint: `${url}/oauth2/v2.0/authorize`,
    token_endpoint: `${url}/oauth2/v2.0/token`,
    jwks_uri: `${url}/discovery/v2.0/keys`,
  }
}

/** How every call to Entra is made; plain HTTP only to a base URL that says so. */
export function entraRequestOptions(
  location: EntraLocation,
  signal: AbortSignal,
): {
  readonly [customFetch]: typeof outboundFetch
  readonly [allowInsecureRequests]: boolean
  readonly signal: AbortSignal
} {
  const isPlainHttp = location.entraBaseUrl?.startsWith('http://') ?? false
  return { [customFetch]: outboundFetch, [allowInsecureRequests]: isPlainHttp, signal }
}

/**
 * Whether an authorization response comes from the authority, by the issuer that it may name (RFC 9207).
 * At `organizations` this is the issuer of some tenant, and the id_token has to name the same.
 */
export function isIssuerOf(
  location: EntraLocation,
  authority: Authority,
  issuer: string | undefined,
): boolean {
  if (issuer === undefined) return true
  const tenant = issuer.split('/').at(-2) ?? ''
  const isItsTenant = isGuid(authority.tenant) ? tenant === authority.tenant : isGuid(tenant)
  return isItsTenant && issuer === authorizationServerOf(location, { ...authority, tenant }).issuer
}
