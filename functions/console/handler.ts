import { accountOfUser, formTokenOf, isFormTokenOf } from '../domain/console-session.ts'
import { ServiceError } from '../domain/service-error.ts'
import { type FormBody, formWithFilesOf } from '../http/form-body.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { languageOf } from '../http/language.ts'
import { type HttpRequest, headerOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import { CONSOLE_PATH, ROUTES, type RouteOf } from '../http/routes.ts'
import { accessRoutes } from './access/access-routes.ts'
import { connectionRoutes } from './connections/connection-routes.ts'
import type { ConsoleDependencies } from './dependencies.ts'
import { consoleErrorPage } from './error-page.ts'
import { healthRoutes } from './health/health-routes.ts'
import { beginProviderSignIn, completeProviderSignIn } from './provider-sign-in.ts'
import { type OpenSession, sessionOf } from './session.ts'
import { setupRoutes } from './setup/setup-routes.ts'
import { signIn, signInPage, signInPathTo, signOut } from './sign-in.ts'
import { consoleTextsOf } from './texts.ts'
import type { ConsoleRoute, SignedInVisit, Visit } from './visit.ts'

type Route = RouteOf<'console'>
type OpenAnswer = (deps: ConsoleDependencies, visit: Visit) => Promise<HttpResponse>

/** What is answered to whoever asks. */
const OPEN = {
  'GET /console/sign-in': signInPage,
  'POST /console/sign-in': signIn,
  'POST /console/sign-in/provider': beginProviderSignIn,
  'GET /console/sign-in/return': completeProviderSignIn,
} satisfies Partial<Record<Route, OpenAnswer>>

/** What is answered to somebody who is signed in. */
const SIGNED_IN: Readonly<
  Record<Exclude<Route, keyof typeof OPEN>, ConsoleRoute<ConsoleDependencies>>
> = {
  'GET /console': {
    by: 'anybody',
    answer: async (deps, visit) => seeOther(await firstPage(deps, visit)),
  },
  'POST /console/sign-out': { by: 'anybody', answer: signOut },
  ...connectionRoutes,
  ...setupRoutes,
  ...healthRoutes,
  ...accessRoutes,
}

/** The web console of the partner's people. */
export function consoleHandler(deps: ConsoleDependencies): HttpHandler {
  return httpHandler(
    deps.log,
    async (request, signal) => {
      const visit = await visitOf(deps, request, signal)
      return withLanguage(deps, visit, await answer(deps, visit))
    },
    async (error, request) =>
      consoleErrorPage(await visitOf(deps, request, AbortSignal.abort()), error),
  )
}

async function visitOf(
  deps: ConsoleDependencies,
  http: HttpRequest,
  signal: AbortSignal,
): Promise<Visit> {
  const asked = new URLSearchParams(http.rawQueryString).get('lang') ?? undefined
  const view = await deps.viewOf(http, asked ?? deps.cookies.language.read(http))
  return { http, view, words: consoleTextsOf(view.language), signal }
}

/** A language that was asked for is kept for the pages after this one. */
function withLanguage(
  { cookies }: ConsoleDependencies,
  { http }: Visit,
  response: HttpResponse,
): HttpResponse {
  const asked = new URLSearchParams(http.rawQueryString).get('lang')
  if (asked === null) return response
  const kept = cookies.language.set(languageOf({ lang: asked }))
  return { ...response, cookies: [...(response.cookies ?? []), kept] }
}

async function answer(deps: ConsoleDependencies, visit: Visit): Promise<HttpResponse> {
  refuseOtherSites(visit.http)
  const route = ROUTES.console.find((known) => known === visit.http.routeKey)
  if (route === undefined) throw nothingHere()
  if (isOpen(route)) return OPEN[route](deps, visit)
  const open = await sessionOf(deps, visit.http)
  if (open === undefined) return toSignIn(visit.http)
  const { by, answer } = SIGNED_IN[route]
  // Whoever is bound to an account does not even learn what else there is.
  if (by === 'partner' && accountOfUser(open.session.user) !== undefined) throw nothingHere()
  return answer(deps, await signedInVisit(visit, open))
}

async function signedInVisit(
  visit: Visit,
  { session, secret }: OpenSession,
): Promise<SignedInVisit> {
  const formToken = formTokenOf(secret)
  return { ...visit, session, formToken, form: await checkedForm(visit.http, secret) }
}

const NO_FORM: FormBody = { fields: new Map(), files: new Map() }

async function checkedForm(http: HttpRequest, secret: string): Promise<FormBody> {
  if (http.requestContext.http.method === 'GET') return NO_FORM
  const form = await formWithFilesOf(http)
  if (isFormTokenOf(secret, form.fields.get('formToken') ?? '')) return form
  throw new ServiceError('open the page again and send its form once more', {
    code: 'form_refused',
  })
}

/**
 * A form that another site sends, as browsers say; those that do not say meet the form's token.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
function refuseOtherSites(http: HttpRequest): void {
  const site = headerOf(http, 'sec-fetch-site') ?? 'same-origin'
  const isForm = http.requestContext.http.method !== 'GET'
  if (!isForm || site === 'same-origin') return
  throw new ServiceError('send the form from a page of the console', { code: 'form_refused' })
}

function isOpen(route: Route): route is keyof typeof OPEN {
  return Object.hasOwn(OPEN, route)
}

function toSignIn({ rawPath, rawQueryString, requestContext }: HttpRequest): HttpResponse {
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`
  const wanted = requestContext.http.method === 'GET' ? `${rawPath}${query}` : CONSOLE_PATH
  return seeOther(signInPathTo(wanted))
}

/** Where somebody begins: who may see all accounts with what is still to be set up, if anything is. */
async function firstPage(
  { partnerSettings }: ConsoleDependencies,
  { session }: SignedInVisit,
): Promise<string> {
  if (accountOfUser(session.user) !== undefined) return `${CONSOLE_PATH}/connections`
  const { app } = await partnerSettings.read()
  return `${CONSOLE_PATH}/${app === undefined ? 'setup' : 'health'}`
}

function nothingHere(): ServiceError {
  return new ServiceError('there is nothing at this path', { code: 'not_found' })
}
