import type { Authority } from '../domain/authority.ts'
import {
  type AuthorizationOutcome,
  type AuthorizationRequest,
  completionIdOf,
  type FailedAuthorization,
  type OwnAuthorizationRequest,
} from '../domain/authorization-request.ts'
import type { ChoiceOutcome } from '../domain/choose-environment.ts'
import { cloudNamed, type DiscoveryResource, discoveryResourceOf } from '../domain/clouds.ts'
import type { CompleteOutcome } from '../domain/complete-authorization.ts'
import type { Resource } from '../domain/resource.ts'
import { type Completed, endedFormPage, endedPage, endedRedirect } from '../http/ended-pages.ts'
import { choicePage } from '../http/environment-pages.ts'
import { failedPage, mayNeedAdminConsent } from '../http/failed-page.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import { inProgressPage, startAgainPage } from '../http/sign-in-pages.ts'
import type { View } from '../http/view.ts'
import type { CallbackDependencies } from './handler.ts'
import { reportEnded } from './report-ended.ts'

/** Where an administrator allows the application for an organization. */
export type AdminConsentUrl = (request: {
  readonly authority: Authority
  readonly clientId: string
  readonly resource: Resource | DiscoveryResource
}) => string

interface Ended {
  readonly own: OwnAuthorizationRequest
  readonly outcome: CompleteOutcome | ChoiceOutcome
  /** Whether it was a form that led here. */
  readonly answersForm: boolean
}

/** Reports how the sign-in ended, and shows it. */
export async function renderEnded(
  deps: CallbackDependencies,
  request: HttpRequest,
  { own, outcome, answersForm }: Ended,
): Promise<HttpResponse> {
  reportEnded(deps, request.requestContext.requestId, outcome)
  const redirect = answersForm ? undefined : redirectOf(own, outcome)
  if (redirect) return redirect
  const chosen = outcome.outcome === 'ended' ? outcome.request.language : undefined
  const view = await deps.viewOf(request, chosen)
  if (outcome.outcome === 'in_progress') return inProgressPage(view)
  if (outcome.outcome !== 'ended') return startAgainPage(view, outcome.outcome)
  return renderResult(deps, { view, own, answersForm, ...outcome })
}

/** The most usual end by far takes no page, and so neither brand nor texts. */
function redirectOf(
  own: OwnAuthorizationRequest,
  outcome: Ended['outcome'],
): HttpResponse | undefined {
  if (outcome.outcome !== 'ended') return undefined
  const { request, result } = outcome
  return isGood(result) ? endedRedirect(request, completedOf(own, request, result)) : undefined
}

type GoodEnd = Extract<
  AuthorizationOutcome,
  { readonly outcome: 'connected' | 'confirmation_required' }
>

function isGood(result: AuthorizationOutcome): result is GoodEnd {
  return result.outcome === 'connected' || result.outcome === 'confirmation_required'
}

function completedOf(
  own: OwnAuthorizationRequest,
  { connectionId }: AuthorizationRequest,
  { outcome: status }: GoodEnd,
): Completed {
  return status === 'connected'
    ? { connectionId, status }
    : { connectionId, status, completionId: completionIdOf(own) }
}

interface Result {
  readonly view: View
  readonly own: OwnAuthorizationRequest
  readonly request: AuthorizationRequest
  readonly result: AuthorizationOutcome
  readonly answersForm: boolean
  readonly hasOthers?: boolean
}

async function renderResult(
  deps: CallbackDependencies,
  { view, own, request, result, answersForm, hasOthers = false }: Result,
): Promise<HttpResponse> {
  switch (result.outcome) {
    case 'connected':
    case 'confirmation_required': {
      const ended = answersForm ? endedFormPage : endedPage
      return ended(view, request, completedOf(own, request, result))
    }
    case 'environments_offered':
      return choicePage(view, result, own.id)
    case 'failed':
      return failedPage(view, {
        request,
        failure: result,
        adminConsentUrl: await adminConsentUrlFor(deps, request, result),
        offersOthers: hasOthers,
      })
  }
}

async function adminConsentUrlFor(
  deps: CallbackDependencies,
  { authority, wanted }: AuthorizationRequest,
  { reason }: FailedAuthorization,
): Promise<string | undefined> {
  if (!mayNeedAdminConsent(reason)) return undefined
  const { clientId } = await deps.appCredentials.read()
  const resource =
    wanted.kind === 'to_find' ? discoveryResourceOf(cloudNamed(wanted.cloud)) : wanted.resource
  return deps.adminConsentUrl({ authority, clientId, resource })
}
