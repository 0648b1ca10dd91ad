import type { AuthorizationRequest } from '../domain/authorization-request.ts'
import type { BeginOutcome } from '../domain/begin-authorization.ts'
import type { Reason, Situation, Who } from '../domain/reason.ts'
import { isTold, STATUS_OF } from './error-response.ts'
import { messageOf, portalLinkOf } from './guidance-text.ts'
import { type Html, html, page } from './page.ts'
import type { HttpResponse } from './responses.ts'

type Obstacle = Exclude<BeginOutcome['outcome'], 'begun'>

const OBSTACLES: Readonly<
  Record<Obstacle, readonly [status: number, title: string, text: string]>
> = {
  target_not_allowed: [
    400,
    'This link cannot be used',
    'It would lead back to an address that is not on the list of allowed addresses. Tell whoever gave you the link.',
  ],
  link_invalid: [
    403,
    'This link is not valid',
    'It may have been cut off, or be for something that was deleted. Ask for a new one where you got it.',
  ],
  link_expired: [403, 'This link has expired', 'Ask for a new one where you got it.'],
  link_used: [
    403,
    'This link has been used already',
    'A link works once. If the connection is not there, ask for a new link where you got it.',
  ],
  resource_missing: [
    409,
    'The environment is not known yet',
    'Whoever gave you the link has to enter the address of your Dynamics 365 environment first.',
  ],
  resource_not_enabled: [
    409,
    'This environment cannot be connected',
    'Environments of its Microsoft cloud are not enabled here. Tell whoever gave you the link.',
  ],
  app_not_registered: [
    503,
    'The service is not set up yet',
    'Its operator has to enter the application that is registered with Microsoft.',
  ],
}

/** A sign-in link that leads nowhere. */
export function obstaclePage(obstacle: Obstacle): HttpResponse {
  const [statusCode, title, text] = OBSTACLES[obstacle]
  return page({ statusCode, title, tone: 'bad', content: html`<p>${text}</p>` })
}

/** Who can mend it, in words. */
export const WHO: Readonly<Record<Who, string>> = {
  user: 'You',
  administrator: 'Your Microsoft administrator',
  application_owner: 'The owner of the application',
  nobody: 'Nobody: wait and try again',
}

/** The row of a page that leads to Microsoft's page for the situation, where there is one. */
export function whereRow(situation: Situation): Html | '' {
  const link = portalLinkOf(situation)
  return link ? html`<dt>Where</dt><dd><a href="${link.url}">${link.label}</a></dd>` : ''
}

/** A sign-in that Microsoft or a check of ours did not let through. */
export function failedPage(reason: Reason, request: AuthorizationRequest): HttpResponse {
  const { targetOrigin, callbackMessage } = request.returnTarget
  const { origin } = new URL(targetOrigin)
  const back = callbackMessage === undefined ? returnUrl(request, 'failed') : origin
  return page({
    statusCode: 200,
    title: 'Not connected',
    tone: 'bad',
    content: html`<p>${messageOf(reason)}</p>
<p><a class="button" href="${back}">Back to ${new URL(origin).host}</a></p>
<dl><dt>Who can mend it</dt><dd>${WHO[reason.who]}</dd>
${whereRow(reason.situation)}
<dt>Code</dt><dd>${reason.code}</dd>
<dt>Time</dt><dd>${reason.at.toISOString()}</dd></dl>`,
  })
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
export function connectedPage(message: string, targetOrigin: string): HttpResponse {
  const { origin, host } = new URL(targetOrigin)
  return page({
    statusCode: 200,
    title: 'Connected',
    tone: 'good',
    content: html`<p id="result" data-message="${message}" data-target="${origin}">Dynamics 365 is connected. You can close this window and go back to ${host}.</p>`,
    script: POST_MESSAGE,
    framedBy: origin,
  })
}

/** The first of two callbacks with the same response is still at work. */
export function inProgressPage(): HttpResponse {
  return page({
    statusCode: 202,
    title: 'Signing you in',
    tone: 'neutral',
    content: html`<p>This takes a few seconds. Reload the page to see the result.</p>`,
  })
}

/** A response that belongs to nothing: forged, foreign, or too late. */
export function startAgainPage(why: 'expired' | 'unknown' | 'malformed'): HttpResponse {
  const text = {
    expired: 'The sign-in took too long.',
    unknown: 'This answer does not belong to a sign-in that was begun in this browser.',
    malformed: 'The answer is incomplete or was changed on its way.',
  }[why]
  return page({
    statusCode: 400,
    title: 'Please start again',
    tone: 'bad',
    content: html`<p>${text} Nothing was connected or changed. Open the link again where you got it, in this browser and with cookies allowed.</p>`,
  })
}

/** Where Microsoft sends an administrator back to; it identifies nobody and changes nothing here. */
export function adminConsentPage(isGranted: boolean): HttpResponse {
  return isGranted
    ? page({
        statusCode: 200,
        title: 'Permission granted',
        tone: 'good',
        content: html`<p>The organization allows the application to use Dynamics 365. People can open their sign-in link now; it may take a minute until Microsoft knows everywhere.</p>`,
      })
    : page({
        statusCode: 200,
        title: 'Permission not granted',
        tone: 'bad',
        content: html`<p>Nothing was changed. An administrator can open the same link again at any time.</p>`,
      })
}

/** A failure of the service itself, for a person. */
export function errorPage(error: unknown, requestId: string): HttpResponse {
  const statusCode = isTold(error) ? STATUS_OF[error.code] : 500
  const text =
    statusCode < 500 ? 'The link is not complete.' : 'The service did not answer in time.'
  return page({
    statusCode,
    title: statusCode < 500 ? 'This link cannot be used' : 'Something went wrong',
    tone: 'bad',
    content: html`<p>${text} Open it again; if that does not help, tell whoever gave you the link.</p>
<dl><dt>Request</dt><dd>${requestId}</dd></dl>`,
  })
}
