import type { AppCredentials } from '../domain/app-credentials.ts'
import type { ChooseDependencies } from '../domain/choose-environment.ts'
import type { CompleteDependencies } from '../domain/complete-authorization.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { BrowserCookie } from '../http/browser-cookie.ts'
import { type Answer, type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { CHOICE_ROUTE } from '../http/routes.ts'
import { errorPage, startAgainPage } from '../http/sign-in-pages.ts'
import type { ViewOf } from '../http/view.ts'
import { answerChoice } from './answer-choice.ts'
import { answerResponse } from './answer-response.ts'
import type { AdminConsentUrl } from './render-ended.ts'
import type { Operations } from './report-ended.ts'

export interface CallbackDependencies
  extends CompleteDependencies,
    Omit<ChooseDependencies, keyof CompleteDependencies>,
    Operations {
  readonly authorizationRequests: CompleteDependencies['authorizationRequests'] &
    ChooseDependencies['authorizationRequests']
  readonly tokenEndpoint: CompleteDependencies['tokenEndpoint'] &
    ChooseDependencies['tokenEndpoint']
  readonly appCredentials: AppCredentials
  readonly adminConsentUrl: AdminConsentUrl
  readonly browserCookie: BrowserCookie
  readonly viewOf: ViewOf
}

/** Takes the browser back from Microsoft and ends the sign-in, where need be by a choice of environment. */
export function callbackHandler(deps: CallbackDependencies): HttpHandler {
  const answer: Answer = (request, signal) =>
    request.routeKey === CHOICE_ROUTE
      ? answerChoice(deps, request, signal)
      : answerResponse(deps, request, signal)
  return httpHandler(deps.log, answer, async (error, request) => {
    const view = await deps.viewOf(request)
    return isMalformed(error)
      ? startAgainPage(view, 'malformed')
      : errorPage(view, error, request.requestContext.requestId)
  })
}

function isMalformed(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'request_invalid'
}
