import { aadstsCodeOf } from '../domain/aadsts-code.ts'
import {
  type AuthorizationResponse,
  type CompleteDependencies,
  type CompleteOutcome,
  completeAuthorization,
} from '../domain/complete-authorization.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { BrowserCookie } from '../http/browser-cookie.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { type HttpRequest, queryOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import {
  adminConsentPage,
  connectedPage,
  errorPage,
  failedPage,
  inProgressPage,
  returnUrl,
  startAgainPage,
} from '../http/sign-in-pages.ts'
import type { View, ViewOf } from '../http/view.ts'
import type { EventLog } from '../logger.ts'

export interface CallbackDependencies extends CompleteDependencies {
  readonly browserCookie: BrowserCookie
  readonly viewOf: ViewOf
}

/** What Microsoft sends is small; anything longer was not sent by it. */
const LONGEST_CODE = 4096
const LONGEST_STATE = 128
const ERROR_NAME = /^[a-z_]{1,64}$/

/** Takes the browser back from Microsoft and ends the sign-in. */
export function callbackHandler(deps: CallbackDependencies, log: EventLog): HttpHandler {
  const answer = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
    const view = () => deps.viewOf(request)
    const query = queryOf(request)
    const isAdminConsent = query.has('admin_consent')
    if (isAdminConsent) return adminConsentPage(await view(), !query.has('error'))
    const state = query.get('state') ?? ''
    const result = resultOf(query)
    const isWhole = result !== undefined && state.length <= LONGEST_STATE
    if (!isWhole) return startAgainPage(await view(), 'malformed')
    const browserSecret = deps.browserCookie.read(request, state)
    if (browserSecret === undefined) return startAgainPage(await view(), 'unknown')
    const secrets = { state, browserSecret }
    const outcome = await completeAuthorization(deps, { secrets, result, signal })
    log.event('authorization_ended', {
      requestId: request.requestContext.requestId,
      ...logged(outcome),
    })
    return render(view, outcome)
  }
  return httpHandler(log, answer, async (error, request) => {
    const view = await deps.viewOf(request)
    return isMalformed(error)
      ? startAgainPage(view, 'malformed')
      : errorPage(view, error, request.requestContext.requestId)
  })
}

function isMalformed(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'request_invalid'
}

function resultOf(query: ReadonlyMap<string, string>): AuthorizationResponse['result'] | undefined {
  const error = query.get('error')
  if (error !== undefined) {
    const isName = ERROR_NAME.test(error)
    return {
      error: isName ? error : 'unknown_error',
      aadstsCode: aadstsCodeOf(query.get('error_description')),
    }
  }
  const code = query.get('code') ?? ''
  const isCode = code !== '' && code.length <= LONGEST_CODE
  return isCode ? { code, issuer: query.get('iss') } : undefined
}

/** A view is made only where a page is: whoever is connected goes back without. */
async function render(view: () => Promise<View>, outcome: CompleteOutcome): Promise<HttpResponse> {
  if (outcome.outcome === 'in_progress') return inProgressPage(await view())
  if (outcome.outcome !== 'ended') return startAgainPage(await view(), outcome.outcome)
  const { request, result } = outcome
  const { targetOrigin, callbackMessage } = request.returnTarget
  if (result.outcome === 'failed') return failedPage(await view(), result.reason, request)
  if (callbackMessage === undefined) return seeOther(returnUrl(request, 'connected'))
  return connectedPage(await view(), callbackMessage, targetOrigin)
}

function logged(outcome: CompleteOutcome) {
  if (outcome.outcome !== 'ended') return { outcome: outcome.outcome }
  const { request, result } = outcome
  const reason = result.outcome === 'failed' ? result.reason.code : undefined
  return { connectionId: request.connectionId, outcome: result.outcome, reason }
}
