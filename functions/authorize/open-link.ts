import { authorizationRequestIdOf } from '../domain/authorization-request.ts'
import {
  type BeginOutcome,
  type BegunAuthorization,
  beginAuthorization,
} from '../domain/begin-authorization.ts'
import { mayReturnTo } from '../domain/return-target.ts'
import type { SignInStep } from '../domain/sign-in-step.ts'
import { environmentPage, welcomePage, windowPage } from '../http/environment-pages.ts'
import { forwardPage } from '../http/forward-page.ts'
import { formBodyOf, type HttpRequest, headerOf, queryOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import {
  type SignInLinkParameters,
  signInLinkOf,
  signInLinkParameters,
} from '../http/sign-in-link.ts'
import { obstaclePage } from '../http/sign-in-pages.ts'
import type { View } from '../http/view.ts'
import type { AuthorizeDependencies } from './handler.ts'

/** A person opened a link: on to Microsoft at once, or a page first. */
export async function openLink(
  deps: AuthorizeDependencies,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const link = signInLinkParameters(queryOf(request))
  if (isFramed(request)) return openFramed(deps, request, link)
  const begun = await begin(deps, { request, link, step: { step: 'open' }, signal })
  if (begun.outcome === 'begun') {
    return seeOther(deps.authorizationUrl(begun), [cookieOf(deps, begun)])
  }
  return pageFor(deps, { view: await deps.viewOf(request, link.lang), link, begun, typed: '' })
}

/** In a frame nothing begins: a page that the target alone may frame leads to a window. */
async function openFramed(
  deps: AuthorizeDependencies,
  request: HttpRequest,
  link: SignInLinkParameters,
): Promise<HttpResponse> {
  const view = await deps.viewOf(request, link.lang)
  const { connectionId, returnTarget } = signInLinkOf(link)
  if (await mayBeFramed(deps, link)) {
    const { origin } = new URL(returnTarget.targetOrigin)
    const href = `${request.rawPath}?${request.rawQueryString}`
    return windowPage(view, { href, framedBy: origin })
  }
  const outcome = 'target_not_allowed'
  const { requestId } = request.requestContext
  deps.log.event('authorization_begun', { requestId, connectionId, outcome })
  return obstaclePage(view, link, outcome)
}

/** The settings as pages know them may be a minute old: an origin that they lack is looked for. */
async function mayBeFramed(
  deps: AuthorizeDependencies,
  link: SignInLinkParameters,
): Promise<boolean> {
  const { connectionId, signInTokenDigest, returnTarget } = signInLinkOf(link)
  const known = await deps.settingsForPages.read()
  if (mayReturnTo(returnTarget, deps, known)) return true
  const context = await deps.signInContexts.read(connectionId, signInTokenDigest)
  return mayReturnTo(returnTarget, deps, context)
}

/** A form of one of those pages. */
export async function submitForm(
  deps: AuthorizeDependencies,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const form = formBodyOf(request)
  const link = signInLinkParameters(form)
  const begun = await begin(deps, { request, link, step: stepOf(form), signal })
  const view = await deps.viewOf(request, link.lang)
  const typed = form.get('address')?.slice(0, LONGEST_ADDRESS) ?? ''
  return begun.outcome === 'begun'
    ? forwardTo(deps, view, begun)
    : pageFor(deps, { view, link, begun, typed })
}

/** From a form, browsers are sent on by a page: see {@link forwardPage}. */
export function forwardTo(
  deps: AuthorizeDependencies,
  view: View,
  begun: BegunAuthorization,
): HttpResponse {
  return forwardPage(view, deps.authorizationUrl(begun), [cookieOf(deps, begun)])
}

/** More than any address that is shown again. */
const LONGEST_ADDRESS = 2048

function stepOf(form: ReadonlyMap<string, string>): SignInStep {
  switch (form.get('step')) {
    case 'type':
      return {
        step: 'type',
        address: form.get('address') ?? '',
        isSure: form.get('sure') === 'true',
      }
    case 'find':
      return { step: 'find', cloud: form.get('cloud') }
    default:
      return { step: 'go_on' }
  }
}

/** Browsers that say so are believed; any other meets Microsoft's own refusal to be framed. */
function isFramed(request: HttpRequest): boolean {
  return ['iframe', 'frame'].includes(headerOf(request, 'sec-fetch-dest') ?? '')
}

interface Opened {
  readonly request: HttpRequest
  readonly link: SignInLinkParameters
  readonly step: SignInStep
  readonly signal: AbortSignal
}

async function begin(
  deps: AuthorizeDependencies,
  { request, link, step, signal }: Opened,
): Promise<BeginOutcome> {
  const begun = await beginAuthorization(deps, { ...signInLinkOf(link), step }, signal)
  const { connectionId } = signInLinkOf(link)
  const { requestId } = request.requestContext
  deps.log.event('authorization_begun', { requestId, connectionId, outcome: begun.outcome })
  return begun
}

function cookieOf(deps: AuthorizeDependencies, { secrets }: BegunAuthorization): string {
  const { state, browserSecret } = secrets
  return deps.browserCookie.set({ id: authorizationRequestIdOf(state), browserSecret })
}

interface Shown {
  readonly view: View
  readonly link: SignInLinkParameters
  readonly begun: Exclude<BeginOutcome, BegunAuthorization>
  /** The address that the person typed. */
  readonly typed: string
}

/** The page for a link that does not lead to Microsoft yet, or at all. */
function pageFor(deps: AuthorizeDependencies, shown: Shown): HttpResponse {
  const { view, link, begun, typed } = shown
  if (begun.outcome === 'welcome') return welcomePage(view, link, begun)
  if (begun.outcome === 'environment_wanted') {
    return environmentPage(view, link, { ...begun, clouds: deps.clouds, typed })
  }
  return obstaclePage(view, link, begun.outcome)
}
