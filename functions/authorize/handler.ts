import type { AuthorizationRequests } from '../domain/authorization-request.ts'
import type { BeginDependencies, BegunAuthorization } from '../domain/begin-authorization.ts'
import type { SettingsForPages } from '../domain/partner-settings.ts'
import type { BrowserCookie } from '../http/browser-cookie.ts'
import { errorResponse } from '../http/error-response.ts'
import { helpPage } from '../http/help-page.ts'
import { type Answer, type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { nothingHere } from '../http/nothing-here.ts'
import { type HttpRequest, pathVariable } from '../http/request.ts'
import {
  AGAIN_ROUTE,
  CONNECT_SCRIPT_ROUTE,
  FORM_ROUTE,
  HELP_ROUTE,
  LINK_ROUTE,
  PLAIN_SIGN_IN_PATH,
  ROUTES,
  SIGN_IN_PATH,
} from '../http/routes.ts'
import { servedScript } from '../http/served-script.ts'
import { errorPage } from '../http/sign-in-pages.ts'
import type { ViewOf } from '../http/view.ts'
import type { EventLog } from '../logger.ts'
import { beginAgain } from './begin-again.ts'
import { openLink, submitForm } from './open-link.ts'

export interface AuthorizeDependencies extends BeginDependencies {
  readonly authorizationRequests: Pick<AuthorizationRequests, 'create' | 'find'>
  readonly authorizationUrl: (begun: BegunAuthorization) => string
  readonly browserCookie: BrowserCookie
  readonly viewOf: ViewOf
  readonly settingsForPages: SettingsForPages
  /** The text of connect.js. */
  readonly connectScript: string
  readonly log: EventLog
}

/**
 * Sends the browser to Microsoft's sign-in, by pages of ours where something has to be asked first; explains
 * Microsoft's codes, and serves the script that opens a sign-in from a vendor's page.
 */
export function authorizeHandler(deps: AuthorizeDependencies): HttpHandler {
  const connectScript = servedScript(deps.connectScript)
  const answer: Answer = async (request, signal) => {
    switch (request.routeKey) {
      case HELP_ROUTE:
        return helpPage(await deps.viewOf(request), pathVariable(request, 'code'))
      case CONNECT_SCRIPT_ROUTE:
        return connectScript(request)
      case AGAIN_ROUTE:
        return beginAgain(deps, request, signal)
      case FORM_ROUTE:
        return submitForm(deps, request, signal)
      default:
        return openLink(deps, request, signal)
    }
  }
  const pages = httpHandler(deps.log, answer, async (error, request) =>
    errorPage(await deps.viewOf(request), error, request.requestContext.requestId),
  )
  return async (request, context) =>
    isForeign(request)
      ? errorResponse(nothingHere(request), request.requestContext.requestId)
      : pages(request, context)
}

const OWN_ROUTES: readonly string[] = ROUTES.authorize

/** The route of links also takes paths that are not this function's, since it ignores letter case. */
function isForeign({ routeKey, rawPath }: HttpRequest): boolean {
  if (routeKey !== LINK_ROUTE) return !OWN_ROUTES.includes(routeKey)
  const lowerCase = rawPath.toLowerCase()
  return !(lowerCase.endsWith(SIGN_IN_PATH) || lowerCase.endsWith(PLAIN_SIGN_IN_PATH))
}
