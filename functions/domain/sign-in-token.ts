import { createHash, randomBytes } from 'node:crypto'
import type { SignInTerms } from './sign-in-terms.ts'

/** How long a sign-in token lives unless the partner asks for longer. */
export const SIGN_IN_TOKEN_LIFETIME_MS = 5 * 60 * 1000

/** The longest life of a sign-in token, for links that are sent by mail. */
export const LONGEST_SIGN_IN_TOKEN_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000

/**
 * How often a sign-in may be started from one link: enough for mail scanners and for a person who
 * tries again, and an end to whoever floods Microsoft or the store with one link.
 */
export const MOST_STARTS = 50

/** A one-time token as it is stored: by its digest, so that reading the store opens no link. */
export interface SignInToken {
  readonly digest: string
  readonly accountId: string
  /** Whom the partner meant it for, in the partner's own words. */
  readonly username: string
  readonly expiresAt: Date
  /** It lives long enough to be mailed, so that its link opens a page first. */
  readonly isMailed: boolean
  readonly terms: SignInTerms
  /** The authorization request that used it up. */
  readonly spentBy: string | undefined
}

/** The sign-in tokens. */
export interface SignInTokens {
  create(token: SignInToken): Promise<void>
  /** Counts one start; `false` when there were {@link MOST_STARTS} before. */
  countStart(digest: string): Promise<boolean>
  /** Uses the token up for one authorization request; `false` when another one already has. */
  spend(digest: string, authorizationRequestId: string): Promise<boolean>
  /** Gives back what that authorization request spent, since it did not complete. */
  restore(digest: string, authorizationRequestId: string): Promise<void>
}

/** What a new token is for. */
export interface NewSignInToken {
  readonly accountId: string
  readonly username: string
  /** In milliseconds. */
  readonly lifetimeMs: number
  readonly terms: SignInTerms
}

/** Makes a token for one account's user; the text is shown once and never stored. */
export function newSignInToken(
  wanted: NewSignInToken,
  now: Date,
): { readonly text: string; readonly token: SignInToken } {
  const { accountId, username, lifetimeMs, terms } = wanted
  const text = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + lifetimeMs)
  const isMailed = lifetimeMs > SIGN_IN_TOKEN_LIFETIME_MS
  const digest = digestOf(text)
  return {
    text,
    token: { digest, accountId, username, expiresAt, isMailed, terms, spentBy: undefined },
  }
}

/** The digest under which a one-time secret is stored: SHA-256, base64url. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
