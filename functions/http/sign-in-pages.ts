import type { Obstacle } from '../domain/begin-authorization.ts'
import { button, details, type Words } from './components.ts'
import { isTold, STATUS_OF } from './error-response.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { partnerMessage, type SignInResult, wayBack } from './partner-message.ts'
import type { HttpResponse } from './responses.ts'
import { type SignInLinkParameters, signInLinkOf } from './sign-in-link.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

const STATUS_OF_OBSTACLE: Readonly<Record<Obstacle, number>> = {
  target_not_allowed: 400,
  link_invalid: 403,
  link_expired: 403,
  link_used: 403,
  link_worn_out: 403,
  resource_not_enabled: 409,
  environment_of_other_organization: 409,
  app_not_registered: 503,
}

/** A sign-in link that leads nowhere, with the way back to the partner where that is allowed. */
export function obstaclePage(
  view: View,
  link: SignInLinkParameters,
  obstacle: Obstacle,
): HttpResponse {
  const { title, text } = view.texts.pages[obstacle]
  const words = html`<p>${filled(view, text)}</p>`
  const shown = { statusCode: STATUS_OF_OBSTACLE[obstacle], title, tone: 'bad' } as const
  if (obstacle === 'target_not_allowed') return page(view, { ...shown, content: words })
  const { connectionId, returnTarget } = signInLinkOf(link)
  const result: SignInResult = { connectionId, status: 'failed', code: obstacle }
  const message = partnerMessage(returnTarget, result)
  const { host } = new URL(returnTarget.targetOrigin)
  const back = fill(view.texts.pages.back, { host })
  return page(view, {
    ...shown,
    content: html`${words}
${button(back, wayBack(returnTarget, result), 'secondary')}
${message?.content ?? ''}`,
    ...(message && { script: message.script, framedBy: message.framedBy }),
  })
}

/** How often a page that waits asks for its result. */
const REFRESH_SECONDS = 2

/** The first of two callbacks with the same response is still at work. */
export function inProgressPage(view: View): HttpResponse {
  const { title, text } = view.texts.pages.in_progress
  return page(view, {
    statusCode: 202,
    title,
    tone: 'busy',
    content: html`<p>${text}</p>`,
    refresh: { seconds: REFRESH_SECONDS },
  })
}

/** A response that belongs to nothing: forged, foreign, or too late. */
export function startAgainPage(view: View, why: 'expired' | 'unknown' | 'malformed'): HttpResponse {
  const { title, advice, [why]: text } = view.texts.pages.start_again
  return page(view, {
    statusCode: 400,
    title,
    tone: 'bad',
    content: html`<p>${text}</p>\n<p>${advice}</p>`,
  })
}

/** A failure of the service itself, for a person. */
export function errorPage(view: View, error: unknown, requestId: string): HttpResponse {
  const statusCode = isTold(error) ? STATUS_OF[error.code] : 500
  const { request_refused, service_failed } = view.texts.pages
  const { title, text } = statusCode < 500 ? request_refused : service_failed
  return page(view, {
    statusCode,
    title,
    tone: 'bad',
    content: html`<p>${filled(view, text)}</p>
${details([[service_failed.request, requestId]])}`,
  })
}

function filled({ brand }: View, text: string): Words {
  return fill(text, { partner: brand.name })
}
