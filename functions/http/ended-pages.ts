import type { AuthorizationRequest, ReturnTarget } from '../domain/authorization-request.ts'
import { getsMessage } from '../domain/return-target.ts'
import { button } from './components.ts'
import { html } from './html.ts'
import { page, withRefresh } from './page.ts'
import { partnerMessage, returnUrl, type SignInResult, wayBack } from './partner-message.ts'
import { type HttpResponse, seeOther } from './responses.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

/** A sign-in that has come to a good end. */
export type Completed = SignInResult & { readonly status: 'connected' | 'confirmation_required' }

/** Back to the partner by a redirect, which takes no page; `undefined` where its window gets a message. */
export function endedRedirect(
  { returnTarget }: AuthorizationRequest,
  result: Completed,
): HttpResponse | undefined {
  return getsMessage(returnTarget) ? undefined : seeOther(returnUrl(returnTarget, result))
}

/** Back to the partner: by a redirect, or by a message to its window from a page that can be left. */
export function endedPage(
  view: View,
  request: AuthorizationRequest,
  result: Completed,
): HttpResponse {
  return endedRedirect(request, result) ?? resultPage(view, request.returnTarget, result)
}

/** The same as the answer to a form, which goes on by a page for the reason that `forwardPage` names. */
export function endedFormPage(
  view: View,
  request: AuthorizationRequest,
  result: Completed,
): HttpResponse {
  const { returnTarget } = request
  const response = resultPage(view, returnTarget, result)
  if (getsMessage(returnTarget)) return response
  return withRefresh(response, { seconds: 0, url: returnUrl(returnTarget, result) })
}

function resultPage(view: View, returnTarget: ReturnTarget, result: Completed): HttpResponse {
  const { connected, confirmation, back } = view.texts.pages
  const { title, text } = result.status === 'connected' ? connected : confirmation
  const { host } = new URL(returnTarget.targetOrigin)
  const message = partnerMessage(returnTarget, result)
  return page(view, {
    statusCode: 200,
    title,
    tone: 'good',
    content: html`<p>${fill(text, { partner: view.brand.name, host })}</p>
${button(fill(back, { host }), wayBack(returnTarget, result), 'secondary')}
${message?.content ?? ''}`,
    ...(message && { script: message.script, framedBy: message.framedBy }),
  })
}
