import { callerOf } from '../http/bearer-token.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { nothingHere } from '../http/nothing-here.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { ROUTES, type RouteOf } from '../http/routes.ts'
import type { EventLog } from '../logger.ts'
import { catalogue } from './catalogue.ts'
import { connectorRoutes } from './connector-routes.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'
import { directoryRoutes } from './directory-routes.ts'
import { documents } from './documents.ts'
import { issueToken } from './oauth-token.ts'
import { propertyRoutes } from './property-routes.ts'
import { createSignInToken } from './sign-in-token.ts'

type ApiRoute = RouteOf<'api'>
type Answer = (deps: ApiDependencies, request: ApiRequest) => Promise<HttpResponse>

type OpenRoute = 'POST /oauth/token' | '$default' | keyof typeof documents

/** Who answers which route that wants a bearer token. */
const AUTHENTICATED = {
  ...catalogue,
  ...connectorRoutes,
  ...directoryRoutes,
  ...propertyRoutes,
  'POST /v1.0/accounts/{accountId}/signintoken': createSignInToken,
} satisfies Record<Exclude<ApiRoute, OpenRoute>, Answer>

/** The management API, and its description. */
export function apiHandler(deps: ApiDependencies, log: EventLog): HttpHandler {
  return httpHandler(log, (request) => answer(deps, request))
}

async function answer(deps: ApiDependencies, http: HttpRequest): Promise<HttpResponse> {
  const route = ROUTES.api.find((known) => known === http.routeKey) ?? '$default'
  if (route === '$default') throw nothingHere(http)
  if (isOfDocument(route)) return documents[route](deps.readDocument, http)
  if (route === 'POST /oauth/token') return issueToken(deps, http)
  const caller = await callerOf(http, deps)
  return AUTHENTICATED[route](deps, { http, caller })
}

function isOfDocument(route: ApiRoute): route is keyof typeof documents {
  return Object.hasOwn(documents, route)
}
