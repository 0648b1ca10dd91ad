import { newSignInToken } from '../domain/sign-in-token.ts'
import { permittedAccount } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import { requiredText } from '../http/fields.ts'
import { jsonBodyOf, pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'

/** A one-time token for one account's user, to put into a sign-in link. */
export async function createSignInToken(
  deps: ApiDependencies,
  { http, caller }: ApiRequest,
): Promise<HttpResponse> {
  const accountId = permittedAccount(pathVariable(http, 'accountId'), caller)
  const username = requiredText(jsonBodyOf(http), 'Username')
  const { text, token } = newSignInToken(accountId, username, deps.now())
  await deps.signInTokens.create(token)
  return json({ Token: text, ExpiresAtUtc: utc(token.expiresAt) })
}
