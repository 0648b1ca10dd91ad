import {
  type BeginDependencies,
  type BegunAuthorization,
  beginAuthorization,
} from '../domain/begin-authorization.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { BrowserCookie } from '../http/browser-cookie.ts'
import { errorResponse } from '../http/error-response.ts'
import { idOf } from '../http/fields.ts'
import { helpPage } from '../http/help-page.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { type HttpRequest, pathVariable, queryOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import {
  CONNECT_SCRIPT_ROUTE,
  HELP_ROUTE,
  PLAIN_SIGN_IN_PATH,
  SIGN_IN_PATH,
} from '../http/routes.ts'
import { servedScript } from '../http/served-script.ts'
import { errorPage, obstaclePage } from '../http/sign-in-pages.ts'
import type { ViewOf } from '../http/view.ts'
import type { EventLog } from '../logger.ts'

export interface AuthorizeDependencies extends BeginDependencies {
  readonly authorizationUrl: (begun: BegunAuthorization) => string
  readonly browserCookie: BrowserCookie
  readonly viewOf: ViewOf
  /** The text of connect.js. */
  readonly connectScript: string
}

/**
 * Sends the browser to Microsoft's sign-in, explains Microsoft's codes, and serves the script that opens a
 * sign-in from a vendor's page.
 */
export function authorizeHandler(deps: AuthorizeDependencies, log: EventLog): HttpHandler {
  const answer = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
    const query = queryOf(request)
    const targetOrigin = query.get('targetOrigin') ?? ''
    const callbackMessage = query.get('callbackMessage') || undefined
    const link = {
      connectionId: idOf(query.get('id') ?? '') ?? 0,
      signInToken: query.get('token') ?? '',
      returnTarget: { targetOrigin, callbackMessage },
    }
    const begun = await beginAuthorization(deps, link, signal)
    const { requestId } = request.requestContext
    const { connectionId } = link
    log.event('authorization_begun', { requestId, connectionId, outcome: begun.outcome })
    if (begun.outcome !== 'begun') return obstaclePage(await deps.viewOf(request), begun.outcome)
    const { state, browserSecret } = begun.secrets
    return seeOther(deps.authorizationUrl(begun), [deps.browserCookie.set(state, browserSecret)])
  }
  const signIn = httpHandler(log, answer, async (error, request) =>
    errorPage(await deps.viewOf(request), error, request.requestContext.requestId),
  )
  const connectScript = servedScript(deps.connectScript)
  return async (request, context) => {
    if (request.routeKey === HELP_ROUTE) {
      return helpPage(await deps.viewOf(request), pathVariable(request, 'code'))
    }
    if (request.routeKey === CONNECT_SCRIPT_ROUTE) return connectScript(request)
    return isSignInPath(request.rawPath) ? signIn(request, context) : nothingHere(request)
  }
}

/** The route also takes paths that are not this function's, since it ignores letter case. */
function isSignInPath(path: string): boolean {
  const lowerCase = path.toLowerCase()
  return lowerCase.endsWith(SIGN_IN_PATH) || lowerCase.endsWith(PLAIN_SIGN_IN_PATH)
}

function nothingHere(request: HttpRequest): HttpResponse {
  const error = new ServiceError('there is nothing at this path', { code: 'not_found' })
  return errorResponse(error, request.requestContext.requestId)
}
