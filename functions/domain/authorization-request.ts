import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Authority } from './authority.ts'
import type { Reason } from './reason.ts'
import type { Resource } from './resource.ts'
import { digestOf } from './sign-in-token.ts'

/** How long a person may take at Microsoft's sign-in. */
export const AUTHORIZATION_REQUEST_LIFETIME_MS = 15 * 60 * 1000

/** Where the browser goes when the sign-in is done. */
export interface ReturnTarget {
  /** A URL to go back to, or with a `callbackMessage` the origin that the message is for. */
  readonly targetOrigin: string
  readonly callbackMessage: string | undefined
}

/** One attempt to sign in, as it is stored: nothing in it can redeem a code. */
export interface AuthorizationRequest {
  /** The digest of `state`. */
  readonly id: string
  /** The digest of the browser's cookie secret. */
  readonly browserBinding: string
  readonly connectionId: number
  readonly accountId: string
  readonly signInTokenDigest: string
  readonly resource: Resource
  readonly authority: Authority
  readonly returnTarget: ReturnTarget
  readonly expiresAt: Date
}

/** How an authorization request ended, as the callback page shows it, also on a reload. */
export type AuthorizationOutcome =
  | { readonly outcome: 'connected' }
  | { readonly outcome: 'failed'; readonly reason: Reason }

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
}

/** The secrets of one attempt; the browser holds `browserSecret` in a cookie, Microsoft echoes `state`. */
export interface AuthorizationSecrets {
  readonly state: string
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
export function codeVerifierOf(secrets: AuthorizationSecrets): string {
  return derive(secrets, 'code_verifier')
}

/** The `nonce` (OpenID Connect Core §3.1.2.1), derived like the code verifier. */
export function nonceOf(secrets: AuthorizationSecrets): string {
  return derive(secrets, 'nonce')
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

function derive(secrets: AuthorizationSecrets, label: 'code_verifier' | 'nonce'): string {
  return createHmac('sha256', secrets.browserSecret)
    .update(`${label}\0${secrets.state}`)
    .digest('base64url')
}
