import type { Connection } from '../../domain/connection.ts'
import { hostOf } from '../../domain/resource.ts'
import { button, copyField, details, notice } from '../../http/components.ts'
import { html } from '../../http/html.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { copyText, timeText } from '../components.ts'
import { consolePage } from '../console-page.ts'
import type { SignedInVisit } from '../visit.ts'
import { connectionPath } from './paths.ts'

interface MadeLink {
  readonly connection: Connection
  readonly username: string
  readonly targetOrigin: string
  readonly link: string
  readonly expiresAt: Date
}

/** The link, which is shown this once, and a mail that is written already. */
export function linkPage(visit: SignedInVisit, made: MadeLink): HttpResponse {
  const { view } = visit
  const words = visit.words.connection.made
  const { connection, username, targetOrigin, link, expiresAt } = made
  const { id, name, resource } = connection
  const { subject, body } = mailOf(visit, made)
  return consolePage(visit, {
    title: words.title,
    section: 'connections',
    content: html`${notice('neutral', words.once)}
${copyField(view, { name: 'link', label: words.label, value: link })}
${details([
  [
    visit.words.connection.title,
    html`<bdi>${resource === undefined ? name : hostOf(resource)}</bdi>`,
  ],
  [words.for, html`<bdi>${username}</bdi>`],
  [words.until, timeText(view, expiresAt)],
  [words.leads_back, targetOrigin],
])}
${copyText(view, { name: 'mail', label: words.mail_text, value: body })}
<div class="actions">${button(words.mail, mailto(subject, body), 'secondary')}
${button(words.back, connectionPath(id), 'secondary')}</div>`,
  })
}

function mailOf(
  { view, words }: SignedInVisit,
  { link, expiresAt }: MadeLink,
): { readonly subject: string; readonly body: string } {
  const { subject, body } = words.connection.made
  const format = new Intl.DateTimeFormat(view.language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
  const values = { partner: view.brand.name, link, until: `${format.format(expiresAt)} UTC` }
  return { subject: plain(subject, values), body: plain(body, values) }
}

/** A text that becomes no markup. */
function plain(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder)
}

/** Mail programs read a plus sign as such, not as a space (RFC 6068 §5). */
function mailto(subject: string, body: string): string {
  return `mailto:?${new URLSearchParams({ subject, body })}`.replaceAll('+', '%20')
}
