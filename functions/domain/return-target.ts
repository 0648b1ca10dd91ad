import type { ReturnTarget } from './authorization-request.ts'

/** Printable ASCII without a backslash, as it is: a URL parser would repair what is not. */
const PLAIN_HTTP_URL = /^https?:\/\/[\x21-\x5b\x5d-\x7e]{1,2000}$/

/**
 * Whether a sign-in may return there: its exact origin is on the list. A target that gets a message has
 * to be an origin, any other is a URL.
 */
export function isAllowedTarget(target: ReturnTarget, allowedOrigins: readonly string[]): boolean {
  const { targetOrigin } = target
  if (!PLAIN_HTTP_URL.test(targetOrigin) || !URL.canParse(targetOrigin)) return false
  const url = new URL(targetOrigin)
  if (url.username !== '' || url.password !== '') return false
  if (getsMessage(target) && targetOrigin.replace(/\/$/, '') !== url.origin) return false
  return allowedOrigins.includes(url.origin)
}

/** A part of all that is allowed. */
interface Allowing {
  readonly allowedOrigins: readonly string[]
}

/** Whether a sign-in may return there by what the deployment allows, or by what the settings do. */
export function mayReturnTo(
  target: ReturnTarget,
  deployment: Allowing,
  settings: Allowing,
): boolean {
  return isAllowedTarget(target, [...deployment.allowedOrigins, ...settings.allowedOrigins])
}

/** Whether the partner's window is told by a message, instead of by where the browser goes. */
export function getsMessage({ callbackMessage, mode }: ReturnTarget): boolean {
  return callbackMessage !== undefined || mode === 'message'
}
