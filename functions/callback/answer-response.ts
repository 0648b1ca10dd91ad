import { authorizationRequestIdOf } from '../domain/authorization-request.ts'
import {
  type AuthorizationRefusal,
  type AuthorizationResponse,
  completeAuthorization,
} from '../domain/complete-authorization.ts'
import { aadstsCodeOf, correlationIdOf } from '../domain/error-description.ts'
import { reasonFor } from '../domain/guidance.ts'
import { consentGrantedPage, consentRefusedPage } from '../http/consent-pages.ts'
import { type HttpRequest, queryOf } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { startAgainPage } from '../http/sign-in-pages.ts'
import type { View } from '../http/view.ts'
import type { CallbackDependencies } from './handler.ts'
import { renderEnded } from './render-ended.ts'

/** What Microsoft sends is small; anything longer was not sent by it. */
const LONGEST_CODE = 4096
const LONGEST_STATE = 128
const ERROR_NAME = /^[a-z_]{1,64}$/

type Query = ReadonlyMap<string, string>

/** Microsoft's response to an authorization request, or to an administrator's consent. */
export async function answerResponse(
  deps: CallbackDependencies,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const query = queryOf(request)
  if (query.has('admin_consent')) {
    return adminConsentPage(await deps.viewOf(request), query, deps.now())
  }
  const state = query.get('state') ?? ''
  const result = resultOf(query)
  const isWhole = result !== undefined && state.length <= LONGEST_STATE
  if (!isWhole) return startAgainPage(await deps.viewOf(request), 'malformed')
  const id = authorizationRequestIdOf(state)
  const browserSecret = deps.browserCookie.read(request, id)
  if (browserSecret === undefined) return startAgainPage(await deps.viewOf(request), 'unknown')
  const secrets = { state, browserSecret }
  const outcome = await completeAuthorization(deps, { secrets, result, signal })
  const own = { id, browserSecret }
  return renderEnded(deps, request, { own, outcome, answersForm: false })
}

function resultOf(query: Query): AuthorizationResponse['result'] | undefined {
  const refusal = refusalOf(query)
  if (refusal) return refusal
  const code = query.get('code') ?? ''
  const isCode = code !== '' && code.length <= LONGEST_CODE
  return isCode ? { code, issuer: query.get('iss') } : undefined
}

function refusalOf(query: Query): AuthorizationRefusal | undefined {
  const error = query.get('error')
  if (error === undefined) return undefined
  const description = query.get('error_description')
  return {
    error: nameOr(error, 'unknown_error'),
    suberror: nameOr(query.get('error_subcode'), undefined),
    aadstsCode: aadstsCodeOf(description),
    correlationId: correlationIdOf(description),
  }
}

/** A name as the protocol has them; whatever else was sent is not kept. */
function nameOr<T>(sent: string | undefined, otherwise: T): string | T {
  return sent !== undefined && ERROR_NAME.test(sent) ? sent : otherwise
}

/** A failure of consent comes with `admin_consent=True` as well, so that the error is looked at first. */
function adminConsentPage(view: View, query: Query, now: Date): HttpResponse {
  const refusal = refusalOf(query)
  if (refusal === undefined) return consentGrantedPage(view, query.get('scope') ?? '')
  const { error, suberror, aadstsCode: code } = refusal
  return consentRefusedPage(view, reasonFor({ error, suberror, code }, now))
}
