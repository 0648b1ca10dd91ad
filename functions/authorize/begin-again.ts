import { type AuthorizationRequest, browserBindingOf } from '../domain/authorization-request.ts'
import {
  type BeginOutcome,
  type BegunAuthorization,
  beginAuthorization,
  type Obstacle,
} from '../domain/begin-authorization.ts'
import { formBodyOf, type HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { obstaclePage, startAgainPage } from '../http/sign-in-pages.ts'
import type { AuthorizeDependencies } from './handler.ts'
import { forwardTo } from './open-link.ts'

/**
 * From the page of a sign-in that did not end well: another one, by the same link and for the same
 * environment, for the browser that began the first.
 */
export async function beginAgain(
  deps: AuthorizeDependencies,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const form = formBodyOf(request)
  const earlier = await earlierRequest(deps, request, form.get('request') ?? '')
  if (earlier === undefined) return startAgainPage(await deps.viewOf(request), 'unknown')
  const { connectionId, signInTokenDigest, returnTarget, language, wanted } = earlier
  const choosesAccount = form.get('account') === 'other'
  const step = { step: 'again', wanted, choosesAccount } as const
  const link = { connectionId, signInTokenDigest, returnTarget, language, step }
  const begun = await beginAuthorization(deps, link, signal)
  const { requestId } = request.requestContext
  deps.log.event('authorization_begun', { requestId, connectionId, outcome: begun.outcome })
  const view = await deps.viewOf(request, language)
  if (begun.outcome === 'begun') return forwardTo(deps, view, begun)
  return obstaclePage(view, parametersOf(earlier), obstacleOf(begun))
}

async function earlierRequest(
  deps: AuthorizeDependencies,
  request: HttpRequest,
  id: string,
): Promise<AuthorizationRequest | undefined> {
  const browserSecret = deps.browserCookie.read(request, id)
  if (browserSecret === undefined) return undefined
  const kept = await deps.authorizationRequests.find(id, browserBindingOf(browserSecret))
  return kept?.request
}

/** A page that asks something first would send the token, which is not here: the environment is gone. */
function obstacleOf({ outcome }: Exclude<BeginOutcome, BegunAuthorization>): Obstacle {
  return outcome === 'welcome' || outcome === 'environment_wanted' ? 'link_invalid' : outcome
}

/** The token itself is stored nowhere, so that a page made of this leads back to the partner alone. */
function parametersOf({ connectionId, returnTarget, language }: AuthorizationRequest) {
  const { targetOrigin, callbackMessage, mode } = returnTarget
  return {
    id: String(connectionId),
    token: '',
    targetOrigin,
    callbackMessage,
    responseMode: mode,
    lang: language,
  }
}
