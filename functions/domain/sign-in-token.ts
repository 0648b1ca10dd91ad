import { createHash, randomBytes } from 'node:crypto'

/** How long a sign-in token lives. */
export const SIGN_IN_TOKEN_LIFETIME_MS = 5 * 60 * 1000

/** A one-time token as it is stored: by its digest, so that reading the store opens no link. */
export interface SignInToken {
  readonly digest: string
  readonly accountId: string
  /** Whom the partner meant it for, in the partner's own words. */
  readonly username: string
  readonly expiresAt: Date
  /** The authorization request that used it up. */
  readonly spentBy: string | undefined
}

/** The sign-in tokens. */
export interface SignInTokens {
  create(token: SignInToken): Promise<void>
  /** Uses the token up for one authorization request; `false` when another one already has. */
  spend(digest: string, authorizationRequestId: string): Promise<boolean>
  /** Gives back what that authorization request spent, since it did not complete. */
  restore(digest: string, authorizationRequestId: string): Promise<void>
}

/** Makes a token for one account's user; the text is shown once and never stored. */
export function newSignInToken(
  accountId: string,
  username: string,
  now: Date,
): { readonly text: string; readonly token: SignInToken } {
  const text = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + SIGN_IN_TOKEN_LIFETIME_MS)
  return {
    text,
    token: { digest: digestOf(text), accountId, username, expiresAt, spentBy: undefined },
  }
}

/** The digest under which a one-time secret is stored: SHA-256, base64url. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
