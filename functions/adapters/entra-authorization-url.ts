import { type Authority, scopeFor } from '../domain/authority.ts'
import { codeChallengeOf, codeVerifierOf, nonceOf } from '../domain/authorization-request.ts'
import type { BegunAuthorization } from '../domain/begin-authorization.ts'
import type { DiscoveryResource } from '../domain/clouds.ts'
import type { Resource } from '../domain/resource.ts'
import { authorityUrl, type EntraLocation } from './entra-endpoints.ts'

/**
 * Where the browser signs in: the authorization request (RFC 6749 §4.1.1) with S256 PKCE and nonce. The
 * account is asked for, unless a reconnect knows it; Entra wants not both.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function entraAuthorizationUrl(
  options: EntraLocation & { readonly redirectUri: string },
): (begun: BegunAuthorization) => string {
  return (begun) => {
    const { authority, clientId, resource, secrets, loginHint, claims } = begun
    const parameters = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: options.redirectUri,
      response_mode: 'query',
      scope: scopeFor(resource),
      state: secrets.state,
      nonce: nonceOf(secrets),
      code_challenge: codeChallengeOf(codeVerifierOf(secrets)),
      code_challenge_method: 'S256',
      ...(loginHint === undefined ? { prompt: 'select_account' } : { login_hint: loginHint }),
      ...(claims === undefined ? {} : { claims }),
    })
    return `${authorityUrl(options, authority)}/oauth2/v2.0/authorize?${parameters}`
  }
}

/** Whom an administrator lets in, and where. */
export interface AdminConsentRequest {
  readonly authority: Authority
  readonly clientId: string
  readonly resource: Resource | DiscoveryResource
}

/**
 * Where an administrator allows the application for the whole organization; it comes back to the same
 * Reply URL, without a code.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent
 */
export function entraAdminConsentUrl(
  options: EntraLocation & { readonly redirectUri: string },
): (request: AdminConsentRequest) => string {
  return ({ authority, clientId, resource }) => {
    const parameters = new URLSearchParams({
      client_id: clientId,
      scope: scopeFor(resource),
      redirect_uri: options.redirectUri,
    })
    return `${authorityUrl(options, authority)}/v2.0/adminconsent?${parameters}`
  }
}
