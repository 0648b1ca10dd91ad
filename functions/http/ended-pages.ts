import type { AuthorizationRequest } from '../domain/authorization-request.ts'
import { getsMessage } from '../domain/return-target.ts'
import { button } from './components.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { partnerMessage, returnUrl, type SignInResult } from './partner-message.ts'
import { type HttpResponse, seeOther } from './responses.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

type Completed = SignInResult & { readonly status: 'connected' | 'confirmation_required' }

/** Back to the partner: by a redirect, or by a message to its window from a page that can be left. */
export function endedPage(
  view: View,
  { returnTarget }: AuthorizationRequest,
  result: Completed,
): HttpResponse {
  if (!getsMessage(returnTarget)) return seeOther(returnUrl(returnTarget, result))
  const { connected, confirmation, back } = view.texts.pages
  const { title, text } = result.status === 'connected' ? connected : confirmation
  const { origin, host } = new URL(returnTarget.targetOrigin)
  const message = partnerMessage(returnTarget, result)
  return page(view, {
    statusCode: 200,
    title,
    tone: 'good',
    content: html`<p>${fill(text, { partner: view.brand.name, host })}</p>
${button(fill(back, { host }), origin, 'secondary')}
${message?.content ?? ''}`,
    ...(message && { script: message.script, framedBy: message.framedBy }),
  })
}
