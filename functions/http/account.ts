import type { Caller } from '../domain/api-access.ts'
import { ServiceError } from '../domain/service-error.ts'
import { type HttpRequest, headerOf } from './request.ts'
import { ACCOUNT } from './schemas/account.ts'
import { parsed } from './schemas/parse.ts'

/**
 * The account that a request is about: the one of `X-Cyclr-Account` (or `X-Account`), else the one
 * that the caller is bound to.
 * @throws ServiceError `account_missing` or `account_forbidden`.
 */
export function accountOf(request: HttpRequest, caller: Caller): string {
  const accountId = accountOrAll(request, caller)
  if (accountId === undefined) {
    throw new ServiceError('name the account in the header X-Cyclr-Account', {
      code: 'account_missing',
    })
  }
  return accountId
}

/**
 * The same where a request may be about all accounts, which it is when neither names one.
 * @throws ServiceError `request_invalid` or `account_forbidden`.
 */
export function accountOrAll(request: HttpRequest, caller: Caller): string | undefined {
  // Both are read, so that a malformed one is refused even where the other goes first.
  const [named] = ['x-cyclr-account', 'x-account'].flatMap((name) => {
    const sent = headerOf(request, name)
    return sent === undefined ? [] : [parsed(ACCOUNT, sent)]
  })
  const accountId = named ?? caller.accountId
  return accountId === undefined ? undefined : permittedAccount(accountId, caller)
}

/** @throws ServiceError `request_invalid` or `account_forbidden`. */
export function permittedAccount(named: string, caller: Caller): string {
  const accountId = parsed(ACCOUNT, named)
  if (caller.accountId !== undefined && caller.accountId !== accountId) {
    throw new ServiceError('the bearer token is for another account', { code: 'account_forbidden' })
  }
  return accountId
}
