import type { ReturnTarget } from './authorization-request.ts'

/**
 * Whether a sign-in may return there: its exact origin is on the list. With a callback message the
 * target has to be an origin, without one it is a URL.
 */
export function isAllowedTarget(target: ReturnTarget, allowedOrigins: readonly string[]): boolean {
  const { targetOrigin, callbackMessage } = target
  if (!URL.canParse(targetOrigin)) return false
  const url = new URL(targetOrigin)
  if (url.username !== '' || url.password !== '') return false
  if (callbackMessage !== undefined && targetOrigin.replace(/\/$/, '') !== url.origin) return false
  return allowedOrigins.includes(url.origin)
}
