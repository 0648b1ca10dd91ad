import { newSignInToken } from '../domain/sign-in-token.ts'
import { permittedAccount } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import { jsonBodyOf, pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { parsed } from '../http/schemas/parse.ts'
import { SIGN_IN_TOKEN_REQUEST } from '../http/schemas/sign-in-token-request.ts'
import type { WireSignInToken } from '../http/schemas/tokens.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'

const MINUTE_MS = 60 * 1000

/** A one-time token for one account's user, to put into a sign-in link. */
export async function createSignInToken(
  deps: ApiDependencies,
  { http, caller }: ApiRequest,
): Promise<HttpResponse> {
  const accountId = permittedAccount(pathVariable(http, 'accountId'), caller)
  const body = parsed(SIGN_IN_TOKEN_REQUEST, jsonBodyOf(http))
  const wanted = {
    accountId,
    username: body.Username,
    lifetimeMs: body.LifetimeMinutes * MINUTE_MS,
    terms: {
      expectedTenantId: body.TenantId ?? undefined,
      expectedObjectId: body.UserObjectId ?? undefined,
      allowsUserChange: body.AllowUserChange,
      needsConfirmation: body.ConfirmationRequired,
    },
  }
  const { text, token } = newSignInToken(wanted, deps.now())
  await deps.signInTokens.create(token)
  return json({ Token: text, ExpiresAtUtc: utc(token.expiresAt) } satisfies WireSignInToken)
}
