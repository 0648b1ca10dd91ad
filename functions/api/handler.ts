import { callerOf } from '../http/bearer-token.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { ROUTES, type RouteOf } from '../http/routes.ts'
import type { EventLog } from '../logger.ts'
import { catalogue } from './catalogue.ts'
import { connectorRoutes } from './connector-routes.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'
import { notFound } from './dependencies.ts'
import { directoryRoutes } from './directory-routes.ts'
import { issueToken } from './oauth-token.ts'
import { propertyRoutes } from './property-routes.ts'
import { createSignInToken } from './sign-in-token.ts'

type ApiRoute = RouteOf<'api'>
type Answer = (deps: ApiDependencies, request: ApiRequest) => Promise<HttpResponse>

/** Who answers which route; all but the first two want a bearer token. */
const AUTHENTICATED = {
  ...catalogue,
  ...connectorRoutes,
  ...directoryRoutes,
  ...propertyRoutes,
  'POST /v1.0/accounts/{accountId}/signintoken': createSignInToken,
} satisfies Record<Exclude<ApiRoute, 'POST /oauth/token' | '$default'>, Answer>

/** The management API. */
export function apiHandler(deps: ApiDependencies, log: EventLog): HttpHandler {
  return httpHandler(log, (request) => answer(deps, request))
}

async function answer(deps: ApiDependencies, http: HttpRequest): Promise<HttpResponse> {
  const route = ROUTES.api.find((known) => known === http.routeKey) ?? '$default'
  if (route === '$default') {
    throw notFound('there is nothing at this path; see the list of routes in the documentation')
  }
  if (route === 'POST /oauth/token') return issueToken(deps, http)
  const caller = await callerOf(http, deps)
  return AUTHENTICATED[route](deps, { http, caller })
}
