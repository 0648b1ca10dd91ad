import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Authority } from './authority.ts'
import type { CloudName } from './clouds.ts'
import type { User } from './connection.ts'
import type { ListedEnvironment } from './environment-directory.ts'
import type { Reason } from './reason.ts'
import type { Resource } from './resource.ts'
import type { SignInTerms } from './sign-in-terms.ts'
import { digestOf } from './sign-in-token.ts'

/** How long a person may take: at Microsoft's sign-in, and to pick an environment after it. */
export const AUTHORIZATION_REQUEST_LIFETIME_MS = 30 * 60 * 1000

/** Where the browser goes when the sign-in is done. */
export interface ReturnTarget {
  /** A URL to go back to; with a message, the exact origin that it is for. */
  readonly targetOrigin: string
  /** The partner's own words, posted to its window once connected. */
  readonly callbackMessage: string | undefined
  /** `message`: the partner's window is told how it ended, and the browser stays. */
  readonly mode: 'redirect' | 'message'
}

/**
 * The environment that a sign-in is for: the one that stands on the connection, one whose address the
 * person typed, or one that is picked from a list after the sign-in.
 */
export type WantedEnvironment =
  | { readonly kind: 'known' | 'typed'; readonly resource: Resource }
  | { readonly kind: 'to_find'; readonly cloud: CloudName }

/** One attempt to sign in, as it is stored: nothing in it can redeem a code. */
export interface AuthorizationRequest {
  /** The digest of `state`. */
  readonly id: string
  /** The digest of the browser's cookie secret. */
  readonly browserBinding: string
  readonly connectionId: number
  readonly accountId: string
  readonly signInTokenDigest: string
  readonly wanted: WantedEnvironment
  readonly terms: SignInTerms
  readonly authority: Authority
  readonly returnTarget: ReturnTarget
  /** The language of the pages, where the person chose one. */
  readonly language: string | undefined
  readonly expiresAt: Date
}

/** How an authorization request ended, as the callback page shows it, also on a reload. */
export type AuthorizationOutcome =
  | { readonly outcome: 'connected' }
  /** The partner's backend has to complete it, by {@link completionIdOf}. */
  | { readonly outcome: 'confirmation_required' }
  | OfferedEnvironments
  | FailedAuthorization

/** The person signed in and is to pick an environment. */
export interface OfferedEnvironments {
  readonly outcome: 'environments_offered'
  readonly environments: readonly ListedEnvironment[]
  readonly user: User
  /** Bound to the connection and {@link PARKED_GENERATION}, under which no stored connection opens it. */
  readonly sealedRefreshToken: Uint8Array
}

export interface FailedAuthorization {
  readonly outcome: 'failed'
  readonly reason: Reason
  /** Who had signed in, as the person knows the account. */
  readonly account?: string | undefined
  /** Microsoft's id of the attempt, by which an administrator finds it in the sign-in log. */
  readonly correlationId?: string | undefined
}

/** The generation that tokens are bound to while they belong to no connected connection. */
export const PARKED_GENERATION = 0

/** What consuming an authorization request gave. */
export type ConsumedAuthorizationRequest =
  | { readonly outcome: 'consumed'; readonly request: AuthorizationRequest }
  | AlreadyConsumed
  | { readonly outcome: 'expired' }
  /** Never made, or another browser's: the two look alike. */
  | { readonly outcome: 'unknown' }

/** It was consumed before, by this same browser; `result` is absent until the first has ended. */
export interface AlreadyConsumed {
  readonly outcome: 'already_consumed'
  readonly request: AuthorizationRequest
  readonly consumedAt: Date
  readonly result: AuthorizationOutcome | undefined
}

/** The authorization requests of the last minutes. */
export interface AuthorizationRequests {
  create(request: AuthorizationRequest): Promise<void>
  /**
   * Consumes the request at most once, and only for the browser that began it: one conditional write,
   * so that of two callbacks one goes on.
   */
  consume(id: string, browserBinding: string, now: Date): Promise<ConsumedAuthorizationRequest>
  /** Keeps the outcome of a consumed request for a reload. */
  complete(id: string, result: AuthorizationOutcome): Promise<void>
  /** The request, for the browser that began it and as long as it is kept. */
  find(id: string, browserBinding: string): Promise<KeptAuthorizationRequest | undefined>
}

/** A request as it is kept, with its outcome when it has one. */
export interface KeptAuthorizationRequest {
  readonly request: AuthorizationRequest
  readonly result: AuthorizationOutcome | undefined
}

/** The secrets of one attempt; the browser holds `browserSecret` in a cookie, Microsoft echoes `state`. */
export interface AuthorizationSecrets {
  readonly state: string
  readonly browserSecret: string
}

/** A request by its id, and the browser's secret that makes it this browser's: all that its pages need. */
export interface OwnAuthorizationRequest {
  readonly id: string
  readonly browserSecret: string
}

/** 256 bits each. */
export function newAuthorizationSecrets(): AuthorizationSecrets {
  return {
    state: randomBytes(32).toString('base64url'),
    browserSecret: randomBytes(32).toString('base64url'),
  }
}

/**
 * The `code_verifier` (RFC 7636 §4.1): derived from the browser's secret and the state, so that it is
 * stored nowhere and a browser without the cookie cannot redeem the code.
 */
export function codeVerifierOf({ state, browserSecret }: AuthorizationSecrets): string {
  return derive('code_verifier', state, browserSecret)
}

/** The `nonce` (OpenID Connect Core §3.1.2.1), derived like the code verifier. */
export function nonceOf({ state, browserSecret }: AuthorizationSecrets): string {
  return derive('nonce', state, browserSecret)
}

/** The S256 `code_challenge` (RFC 7636 §4.2). */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url')
}

/** The id under which a state's request is stored. */
export function authorizationRequestIdOf(state: string): string {
  return digestOf(state)
}

/** What ties a request to a browser. */
export function browserBindingOf(browserSecret: string): string {
  return digestOf(browserSecret)
}

/**
 * The one-time id by which the partner's backend completes a sign-in that waits for it; derived, so that
 * a reload of the page gives the same one and the store knows its digest only.
 */
export function completionIdOf({ id, browserSecret }: OwnAuthorizationRequest): string {
  return derive('completion_id', id, browserSecret)
}

function derive(label: string, from: string, browserSecret: string): string {
  return createHmac('sha256', browserSecret).update(`${label}\0${from}`).digest('base64url')
}
