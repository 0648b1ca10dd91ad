import { ServiceError } from '../domain/service-error.ts'
import type { JsonObject } from './fields.ts'

/** Longer than any refresh token of Microsoft's, with what may stand beside it. */
const LONGEST_BYTES = 16 * 1024

/** The characters of a refresh token (RFC 6749 §A.17). */
const REFRESH_TOKEN = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/

/**
 * The refresh token of `AuthValue`: JSON as a text, as existing client code sends it, or an object; what
 * stands beside the token is not looked at. `undefined` where there is no `AuthValue`.
 * @throws ServiceError `request_invalid`, saying what to send and nothing of what was sent.
 */
export function refreshTokenOf({ AuthValue: value }: JsonObject): string | undefined {
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const token = Buffer.byteLength(text) <= LONGEST_BYTES ? tokenIn(text) : undefined
  if (typeof token === 'string' && REFRESH_TOKEN.test(token)) return token
  throw new ServiceError(
    `send AuthValue as {"RefreshToken": "…"}, as an object or as a text that holds this JSON, of at most ${LONGEST_BYTES} bytes`,
    { code: 'request_invalid' },
  )
}

function tokenIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null
    return isObject && 'RefreshToken' in value ? value.RefreshToken : undefined
  } catch {
    return undefined
  }
}
