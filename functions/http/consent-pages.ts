import type { Reason } from '../domain/reason.ts'
import { details, languageLinks } from './components.ts'
import { whereRow, whoRow } from './guidance-rows.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from './responses.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

/** The permissions that are asked for, as the last part of their names in `scope`. */
const PERMISSIONS = ['user_impersonation', 'offline_access', 'openid'] as const

/**
 * An administrator allowed the application. The response proves nothing and identifies nobody, so that it
 * changes nothing here; the page says what was granted and what comes next.
 * @param scope of the response, of which only the names of permissions that are known here are used
 */
export function consentGrantedPage(view: View, scope: string): HttpResponse {
  const words = view.texts.pages.consent_granted
  const named = new Set(scope.split(' ').map((name) => name.split('/').at(-1)))
  const granted = PERMISSIONS.filter((permission) => named.has(permission))
  const list = granted.length > 0 ? granted : PERMISSIONS
  return page(view, {
    statusCode: 200,
    title: words.title,
    tone: 'good',
    content: html`<p>${filled(view, words.text)}</p>
<ul>${list.map((permission) => html`<li>${words[permission]}</li>`)}</ul>
<p>${words.next}</p>`,
    languageLinks: languageLinks(view, { admin_consent: 'True' }),
  })
}

/** An administrator did not allow the application, or Microsoft did not let them. */
export function consentRefusedPage(view: View, reason: Reason): HttpResponse {
  const { title, text } = view.texts.pages.consent_refused
  const { happened, remedy } = view.texts.situations[reason.situation]
  // Its words are for somebody who waits for an administrator, and here the administrator reads.
  const isOwnDecision = reason.who === 'user'
  return page(view, {
    statusCode: 200,
    title,
    tone: 'bad',
    content: html`<p>${text}</p>
${isOwnDecision ? '' : html`<p>${happened} ${remedy}</p>`}
${details([
  ...(isOwnDecision ? [] : [whoRow(view, reason.who)]),
  ...whereRow(view, reason.situation),
  [view.texts.pages.failed.code, reason.code],
])}`,
  })
}

function filled({ brand }: View, text: string) {
  return fill(text, { partner: brand.name })
}
