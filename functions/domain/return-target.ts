import type { ReturnTarget } from './authorization-request.ts'

/** Printable ASCII without a backslash, as it is: a URL parser would repair what is not. */
const PLAIN_HTTP_URL = /^https?:\/\/[\x21-\x5b\x5d-\x7e]{1,2000}$/

/**
 * Whether a sign-in may return there: its exact origin is on the list. With a callback message the
 * target has to be an origin, without one it is a URL.
 */
export function isAllowedTarget(target: ReturnTarget, allowedOrigins: readonly string[]): boolean {
  const { targetOrigin, callbackMessage } = target
  if (!PLAIN_HTTP_URL.test(targetOrigin) || !URL.canParse(targetOrigin)) return false
  const url = new URL(targetOrigin)
  if (url.username !== '' || url.password !== '') return false
  if (callbackMessage !== undefined && targetOrigin.replace(/\/$/, '') !== url.origin) return false
  return allowedOrigins.includes(url.origin)
}
