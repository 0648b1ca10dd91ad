import type { AppCredential } from './app-credentials.ts'
import type { Authority } from './authority.ts'
import type { DiscoveryResource } from './clouds.ts'
import type { User } from './connection.ts'
import type { Resource } from './resource.ts'

/** What the token endpoint issued, unsealed: lives in memory only, never in a log line or an error. */
export interface TokenSet {
  readonly accessToken: string
  readonly refreshToken: string
  readonly accessTokenExpiresAt: Date
  /** When the request was sent, from which the expiry is counted. */
  readonly obtainedAt: Date
}

/** Microsoft's refusal, as it is safe to keep and to show: no description, no token. */
export interface Refusal {
  readonly status: number
  /** The OAuth `error`. */
  readonly error: string
  readonly suberror: string | undefined
  /** The number behind `AADSTS`; chooses words only. */
  readonly code: number | undefined
  /** A claims challenge to pass to the next sign-in. */
  readonly claims: string | undefined
  readonly correlationId: string | undefined
  readonly traceId: string | undefined
  readonly retryAfter: Date | undefined
}

/** An answer that is no token set. */
export type TokenEndpointFailure =
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  /** No answer, 429 or a server error: says nothing about the grant. */
  | {
      readonly outcome: 'unavailable'
      readonly status: number | undefined
      readonly retryAfter: Date | undefined
    }
  /** An answer that does not validate; nothing of it may be used. */
  | { readonly outcome: 'malformed'; readonly what: string }

export interface AuthorizationCodeGrant {
  readonly authority: Authority
  readonly appCredential: AppCredential
  readonly code: string
  /** The `iss` of the authorization response, where one was sent (RFC 9207). */
  readonly issuer: string | undefined
  readonly redirectUri: string
  readonly codeVerifier: string
  readonly nonce: string
  readonly resource: Resource | DiscoveryResource
  readonly signal: AbortSignal
}

export interface RefreshTokenGrant {
  readonly authority: Authority
  readonly appCredential: AppCredential
  readonly refreshToken: string
  readonly resource: Resource
  /** Whose grant it is; an id_token of anybody else makes the answer malformed. */
  readonly user: Pick<User, 'tenantId' | 'objectId'>
  readonly signal: AbortSignal
}

/** A refresh token grant of somebody who is not known yet. */
export type AdoptedGrant = Omit<RefreshTokenGrant, 'user'>

/** A redeemed code or adopted grant: the tokens, and the user of the validated id_token. */
export interface RedeemedGrant {
  readonly outcome: 'issued'
  readonly tokenSet: TokenSet
  readonly user: User
}

/**
 * Microsoft's token endpoint.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export interface TokenEndpoint {
  /**
   * Redeems a code (RFC 6749 §4.1.3) and validates the id_token: signature, issuer with tenant,
   * audience, nonce and times (OpenID Connect Core §3.1.3.7). A set without a refresh token is malformed.
   */
  exchangeCode(grant: AuthorizationCodeGrant): Promise<RedeemedGrant | TokenEndpointFailure>
  /** Renews a grant (RFC 6749 §6). An answer without a refresh token keeps the one that was sent. */
  refresh(
    grant: RefreshTokenGrant,
  ): Promise<{ readonly outcome: 'issued'; readonly tokenSet: TokenSet } | TokenEndpointFailure>
  /**
   * Renews a grant that was given elsewhere, and learns whose it is: as `refresh`, with an id_token that is
   * required and validated as that of `exchangeCode`, but for the nonce.
   */
  adopt(grant: AdoptedGrant): Promise<RedeemedGrant | TokenEndpointFailure>
}
