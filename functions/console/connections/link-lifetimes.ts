import {
  LONGEST_SIGN_IN_TOKEN_LIFETIME_MS,
  SIGN_IN_TOKEN_LIFETIME_MS,
} from '../../domain/sign-in-token.ts'

const HOUR_MS = 60 * 60 * 1000

/** How long a link may be good, in milliseconds; each has words of its own. */
export const LIFETIMES = {
  five_minutes: SIGN_IN_TOKEN_LIFETIME_MS,
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: LONGEST_SIGN_IN_TOKEN_LIFETIME_MS,
} as const

export type Lifetime = keyof typeof LIFETIMES

/** A mail is read within a day. */
export const DEFAULT_LIFETIME: Lifetime = 'day'

export function isLifetime(word: string): word is Lifetime {
  return Object.hasOwn(LIFETIMES, word)
}
