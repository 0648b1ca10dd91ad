import { faultsApi, refreshTokensApi, requestsApi, settingsApi } from './admin-api.ts'
import { adminConsent } from './admin-consent.ts'
import { authorize } from './authorize.ts'
import type { StandInContext } from './context.ts'
import { bearerToken, dataverse } from './dataverse.ts'
import { findEnvironment, GLOBAL_DISCOVERY_HOST } from './directory.ts'
import type { FaultTarget } from './faults.ts'
import { globalDiscovery } from './global-discovery.ts'
import { html, htmlDocument } from './html.ts'
import { indexPage } from './index-page.ts'
import { jsonWebKeySet, openidConfiguration } from './metadata.ts'
import { page, type Reply, type StandInRequest } from './reply.ts'
import { token } from './token-grants.ts'

/** One request, matched to who answers it. */
export interface Route {
  readonly methods: readonly string[]
  /** What the faults see; `undefined` where none can be switched on. */
  readonly target: FaultTarget | undefined
  readonly answer: (context: StandInContext) => Reply | Promise<Reply>
}

type EntraRoute = (authority: string, request: StandInRequest) => Route

const ENTRA_ROUTES: ReadonlyMap<string, EntraRoute> = new Map(
  Object.entries<EntraRoute>({
    'v2.0/.well-known/openid-configuration': (authority) => ({
      methods: ['GET'],
      target: { endpoint: 'discovery', names: [authority.toLowerCase()] },
      answer: (context) => openidConfiguration(context, authority),
    }),
    'discovery/v2.0/keys': (authority) => ({
      methods: ['GET'],
      target: { endpoint: 'jwks', names: [authority.toLowerCase()] },
      answer: (context) => jsonWebKeySet(context, authority),
    }),
    'oauth2/v2.0/authorize': (authority, request) => ({
      methods: ['GET', 'POST'],
      target: { endpoint: 'authorize', names: [authority.toLowerCase()] },
      answer: (context) => authorize(context, authority, request),
    }),
    'oauth2/v2.0/token': (authority, request) => ({
      methods: ['POST'],
      target: {
        endpoint: 'token',
        names: [authority.toLowerCase()],
        grantType: grantType(request),
      },
      answer: (context) => token(context, authority, request),
    }),
    'v2.0/adminconsent': (authority, request) => ({
      methods: ['GET', 'POST'],
      target: undefined,
      answer: (context) => adminConsent(context, authority, request),
    }),
  }),
)

/** Finds who answers; what nobody knows is not found. */
export function routeOf(request: StandInRequest): Route {
  const { pathname } = request.url
  if (pathname === '/') return local(['GET'], (context) => indexPage(context))
  if (pathname === '/admin/faults') {
    return local(['GET', 'PUT', 'DELETE'], (context) => faultsApi(context, request))
  }
  if (pathname === '/admin/settings') {
    return local(['GET', 'PUT'], (context) => settingsApi(context, request))
  }
  if (pathname === '/admin/refresh-tokens') {
    return local(['POST'], (context) => refreshTokensApi(context, request))
  }
  if (pathname === '/admin/requests') return local(['GET'], requestsApi)
  const [, first = '', ...rest] = pathname.split('/')
  if (first === 'dataverse') return dataverseRoute(rest, request)
  return ENTRA_ROUTES.get(rest.join('/'))?.(first, request) ?? local([], notFound)
}

/** The page of an address that nobody answers. */
function notFound(): Reply {
  return page(404, htmlDocument('Not found', html`<h1>Nothing is here</h1>`))
}

function local(methods: readonly string[], answer: Route['answer']): Route {
  return { methods, target: undefined, answer }
}

function dataverseRoute(parts: readonly string[], request: StandInRequest): Route {
  const [host = '', ...rest] = parts
  const path = `/${decodeURIComponent(rest.join('/'))}`
  if (host.toLowerCase() === GLOBAL_DISCOVERY_HOST) {
    return {
      methods: ['GET'],
      target: { endpoint: 'globaldisco', names: [] },
      answer: (context) => globalDiscovery(context, { path, request }),
    }
  }
  const environment = findEnvironment(host)
  if (environment === undefined) return local([], notFound)
  const names = [environment.tenantId, environment.host]
  const authenticated = bearerToken(request) !== undefined
  const isWhoAmI = /\/WhoAmI(\(\))?$/.test(path)
  return {
    methods: ['GET'],
    target: isWhoAmI ? { endpoint: 'whoami', names, authenticated } : undefined,
    answer: (context) => dataverse(context, environment, { path, request }),
  }
}

function grantType({ body }: StandInRequest): string | undefined {
  return new URLSearchParams(body).get('grant_type') ?? undefined
}
