import type { AccessTokenRequest } from '../domain/access-token.ts'
import { isAccountId } from '../domain/account-id.ts'
import { ServiceError } from '../domain/service-error.ts'

/** What a token is good for at least, unless the caller asks otherwise. */
export const DEFAULT_MIN_VALIDITY_SECONDS = 300

/** Microsoft's tokens live for an hour at least; asking for all of it would renew at every call. */
export const MIN_VALIDITY_SECONDS = { from: 0, to: 50 * 60 } as const

/**
 * Reads an invocation that asks for a token: `{"token": {"accountId": "acme", "connectionId": 123}}`, with
 * `minValidity` in seconds and `forceRefresh` where they are wanted.
 * @throws ServiceError `request_invalid`, saying what to send
 */
export function tokenRequestOf(event: unknown): AccessTokenRequest {
  const { token } = isObject(event) ? event : {}
  if (!isObject(token)) {
    throw invalid('send {"token": {"accountId": "acme", "connectionId": 123}}')
  }
  const { accountId, connectionId } = token
  const forceRefresh = token.forceRefresh ?? false
  if (typeof accountId !== 'string' || !isAccountId(accountId)) {
    throw invalid('send accountId as a text of 1 to 128 printable ASCII characters')
  }
  if (!isWhole(connectionId) || connectionId < 1) {
    throw invalid('send connectionId as the number that is the Id of an account connector')
  }
  if (typeof forceRefresh !== 'boolean') throw invalid('send forceRefresh as true or false')
  const minValidityMs = minValidityOf(token) * 1000
  return { accountId, connectionId, minValidityMs, forceRefresh }
}

function minValidityOf(token: Readonly<Record<string, unknown>>): number {
  const minValidity = token.minValidity ?? DEFAULT_MIN_VALIDITY_SECONDS
  const { from, to } = MIN_VALIDITY_SECONDS
  if (isWhole(minValidity) && minValidity >= from && minValidity <= to) return minValidity
  throw invalid(`send minValidity as a whole number from ${from} to ${to}`)
}

function invalid(message: string): ServiceError {
  return new ServiceError(message, { code: 'request_invalid' })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
