import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { digestOf } from './sign-in-token.ts'

/** How long somebody stays signed in to the console: a working day. */
export const CONSOLE_SESSION_LIFETIME_MS = 8 * 60 * 60 * 1000

/** 256 bits: it stands for whoever signed in. */
const SECRET_BYTES = 32

/**
 * Who uses the console.
 * - `api_client`: with the id and secret of an API client; one that is bound to an account sees that account
 * - `first_sign_in`: with what the deployment made for the first time
 * - `person`: by the partner's OpenID provider; `admittedBy` is the entry of its list that lets the person in
 */
export type ConsoleUser =
  | {
      readonly kind: 'api_client'
      readonly name: string
      readonly accountId: string | undefined
    }
  | { readonly kind: 'first_sign_in'; readonly name: string }
  | {
      readonly kind: 'person'
      readonly name: string
      readonly issuer: string
      readonly admittedBy: string
    }

/** Somebody signed in. Stored by the digest of what the cookie holds, so that reading the store lets nobody in. */
export interface ConsoleSession {
  readonly digest: string
  readonly user: ConsoleUser
  readonly expiresAt: Date
}

/** The sessions of the console. */
export interface ConsoleSessions {
  create(session: ConsoleSession): Promise<void>
  /** Reads the session as last stored, also one that has expired and is still there. */
  read(digest: string): Promise<ConsoleSession | undefined>
  end(digest: string): Promise<void>
}

/** A session under a new secret, whatever the browser held before: a planted one is never taken over. */
export function newConsoleSession(
  user: ConsoleUser,
  now: Date,
): { readonly secret: string; readonly session: ConsoleSession } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const expiresAt = new Date(now.getTime() + CONSOLE_SESSION_LIFETIME_MS)
  return { secret, session: { digest: digestOf(secret), user, expiresAt } }
}

/** The one account that the user may see, or `undefined` for all. */
export function accountOfUser(user: ConsoleUser): string | undefined {
  return user.kind === 'api_client' ? user.accountId : undefined
}

/**
 * What every form of a session carries, so that no other site can send one: only a page of the session knows
 * it, and it opens nothing by itself.
 */
export function formTokenOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('console form').digest('base64url')
}

/** Compares in constant time. */
export function isFormTokenOf(sessionSecret: string, formToken: string): boolean {
  const [expected, given] = [Buffer.from(formTokenOf(sessionSecret)), Buffer.from(formToken)]
  return expected.length === given.length && timingSafeEqual(expected, given)
}
