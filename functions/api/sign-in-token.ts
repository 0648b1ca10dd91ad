import { isGuid } from '../domain/authority.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { SignInTerms } from '../domain/sign-in-terms.ts'
import {
  LONGEST_SIGN_IN_TOKEN_LIFETIME_MS,
  newSignInToken,
  SIGN_IN_TOKEN_LIFETIME_MS,
} from '../domain/sign-in-token.ts'
import { permittedAccount } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import {
  type JsonObject,
  optionalFlag,
  optionalText,
  optionalWholeNumber,
  requiredText,
} from '../http/fields.ts'
import { jsonBodyOf, pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'

const MINUTE_MS = 60 * 1000

/** A one-time token for one account's user, to put into a sign-in link. */
export async function createSignInToken(
  deps: ApiDependencies,
  { http, caller }: ApiRequest,
): Promise<HttpResponse> {
  const accountId = permittedAccount(pathVariable(http, 'accountId'), caller)
  const body = jsonBodyOf(http)
  const wanted = {
    accountId,
    username: requiredText(body, 'Username'),
    lifetimeMs: lifetimeOf(body),
    terms: termsOf(body),
  }
  const { text, token } = newSignInToken(wanted, deps.now())
  await deps.signInTokens.create(token)
  return json({ Token: text, ExpiresAtUtc: utc(token.expiresAt) })
}

function lifetimeOf(body: JsonObject): number {
  const minutes = optionalWholeNumber(body, 'LifetimeMinutes', {
    from: 1,
    to: LONGEST_SIGN_IN_TOKEN_LIFETIME_MS / MINUTE_MS,
  })
  return minutes === undefined ? SIGN_IN_TOKEN_LIFETIME_MS : minutes * MINUTE_MS
}

function termsOf(body: JsonObject): SignInTerms {
  return {
    expectedTenantId: optionalGuid(body, 'TenantId'),
    expectedObjectId: optionalGuid(body, 'UserObjectId'),
    allowsUserChange: optionalFlag(body, 'AllowUserChange'),
    needsConfirmation: optionalFlag(body, 'ConfirmationRequired'),
  }
}

function optionalGuid(body: JsonObject, name: string): string | undefined {
  const text = optionalText(body, name)?.toLowerCase()
  if (text === undefined || isGuid(text)) return text
  throw new ServiceError(
    `send ${name} as Microsoft shows it, such as 5c1e4f6b-7a40-4b0c-9d52-0f6c2b8e1a31`,
    {
      code: 'request_invalid',
    },
  )
}
