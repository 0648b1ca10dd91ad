import { formButton } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import type { SignedInVisit } from '../visit.ts'
import { CLIENTS_PATH } from './clients-section.ts'
import { type Access, mayCloseFirst } from './ways-in.ts'

/** The sign-in that the deployment began with, which is closed when there is another. */
export function firstSignInSection(
  { words, session, formToken }: SignedInVisit,
  { console, ways }: Access,
): Html {
  const text = words.access
  if (console.firstSignIn === undefined) {
    return html`<h2>${text.first}</h2>
<p>${text.first_closed}</p>`
  }
  const form = {
    action: `${CLIENTS_PATH}/close-first`,
    fields: { formToken },
    label: text.first_close,
    rank: 'danger',
  } as const
  const isOwn = session.user.kind === 'first_sign_in'
  return html`<h2>${text.first}</h2>
<p>${text.first_open}</p>
${isOwn ? html`<p>${text.first_own}</p>` : ''}
${mayCloseFirst(ways) ? formButton(form) : html`<p>${text.first_needed}</p>`}`
}
