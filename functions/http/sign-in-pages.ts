import type { AuthorizationRequest } from '../domain/authorization-request.ts'
import type { BeginOutcome } from '../domain/begin-authorization.ts'
import type { Reason, Situation, Who } from '../domain/reason.ts'
import { button, details, languageLinks, type Words } from './components.ts'
import { isTold, STATUS_OF } from './error-response.ts'
import { portalLinkOf } from './guidance-text.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from './responses.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

type Obstacle = Exclude<BeginOutcome['outcome'], 'begun'>

const STATUS_OF_OBSTACLE: Readonly<Record<Obstacle, number>> = {
  target_not_allowed: 400,
  link_invalid: 403,
  link_expired: 403,
  link_used: 403,
  resource_missing: 409,
  resource_not_enabled: 409,
  app_not_registered: 503,
}

/** A sign-in link that leads nowhere. */
export function obstaclePage(view: View, obstacle: Obstacle): HttpResponse {
  const { title, text } = view.texts.pages[obstacle]
  return page(view, {
    statusCode: STATUS_OF_OBSTACLE[obstacle],
    title,
    tone: 'bad',
    content: html`<p>${filled(view, text)}</p>`,
  })
}

/** Microsoft's page on which whoever has to act can do so, as a detail where there is one. */
export function whereRow({ texts }: View, situation: Situation): readonly (readonly [Words, Words])[] {
  const link = portalLinkOf(texts, situation)
  return link ? [[texts.pages.failed.where, html`<a href="${link.url}">${link.label}</a>`]] : []
}

/** A sign-in that Microsoft or a check of ours did not let through. */
export function failedPage(
  view: View,
  reason: Reason,
  request: AuthorizationRequest,
): HttpResponse {
  const { targetOrigin, callbackMessage } = request.returnTarget
  const { origin, host } = new URL(targetOrigin)
  const back = callbackMessage === undefined ? returnUrl(request, 'failed') : origin
  const words = view.texts.pages.failed
  const { happened, remedy } = view.texts.situations[reason.situation]
  return page(view, {
    statusCode: 200,
    title: words.title,
    tone: 'bad',
    content: html`<p>${happened} ${remedy}</p>
${button(fill(words.back, { host }), back)}
${details([
  [words.who, whoIs(view, reason.who)],
  ...whereRow(view, reason.situation),
   [words.code, reason.code],
  [words.time, reason.at.toISOString()],
])}`,
  })
}

export function whoIs({ texts, brand }: View, who: Who): Words {
  return who === 'application_owner' ? brand.name : texts.pages.failed[who]
}

/** Where the browser goes back to: with connection and status, never with a token. */
export function returnUrl(request: AuthorizationRequest, status: 'connected' | 'failed'): string {
  const url = new URL(request.returnTarget.targetOrigin)
  url.searchParams.set('connectionId', String(request.connectionId))
  url.searchParams.set('status', status)
  return url.href
}

/** The script of the page that tells the partner's window; what it posts stands in the page's data. */
const POST_MESSAGE = `
const { message, target } = document.getElementById('result').dataset
for (const partner of new Set([window.opener, window.parent])) {
  if (partner && partner !== window) partner.postMessage(message, target)
}
if (window.opener) window.close()
`

/** Connected, and the partner's page waits for a message. */
export function connectedPage(view: View, message: string, targetOrigin: string): HttpResponse {
  const { origin, host } = new URL(targetOrigin)
  const { title, text } = view.texts.pages.connected
  return page(view, {
    statusCode: 200,
    title,
    tone: 'good',
    content: html`<p id="result" data-message="${message}" data-target="${origin}">${fill(text, { partner: view.brand.name, host })}</p>`,
    script: POST_MESSAGE,
    framedBy: origin,
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

/** Where Microsoft sends an administrator back to; it identifies nobody and changes nothing here. */
export function adminConsentPage(view: View, isGranted: boolean): HttpResponse {
  const { consent_granted, consent_refused } = view.texts.pages
  const { title, text } = isGranted ? consent_granted : consent_refused
  const query = { admin_consent: 'True', ...(isGranted ? {} : { error: 'access_denied' }) }
  return page(view, {
    statusCode: 200,
    title,
    tone: isGranted ? 'good' : 'bad',
    content: html`<p>${filled(view, text)}</p>`,
    languageLinks: languageLinks(view, query),
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
