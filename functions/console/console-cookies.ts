import { CONSOLE_SESSION_LIFETIME_MS } from '../domain/console-session.ts'
import { hostCookie } from '../http/host-cookie.ts'
import type { ConsoleCookies } from './dependencies.ts'

/** What a secret of a cookie looks like. */
const SECRET = /^[\w-]{43}$/

/** Five parts in base64url: a digest, three secrets, and a path of the console. */
const BEGUN = /^(?:[\w-]{1,128}\.){4}[\w-]{1,1400}$/

/** A language's tag. */
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?$/

/** A page to sign in at may stay open for as long. */
const VISIT_MS = 60 * 60 * 1000

/** Somebody may have to find a phone to sign in at the provider. */
const BEGUN_MS = 10 * 60 * 1000

const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** @param publicUrl where browsers reach the service */
export function consoleCookies(publicUrl: string): ConsoleCookies {
  const cookie = (name: string, lifetimeMs: number, form: RegExp) =>
    hostCookie({ publicUrl, name: `dynamics-connect-${name}`, lifetimeMs, form })
  return {
    session: cookie('console', CONSOLE_SESSION_LIFETIME_MS, SECRET),
    visitor: cookie('console-visitor', VISIT_MS, SECRET),
    begun: cookie('console-sign-in', BEGUN_MS, BEGUN),
    language: cookie('console-language', YEAR_MS, LANGUAGE),
  }
}
