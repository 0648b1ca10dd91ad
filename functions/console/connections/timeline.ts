import type { Connection } from '../../domain/connection.ts'
import type { ConnectionChange, PastEvent } from '../../domain/connection-history.ts'
import type { Tone } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { timeText } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { codeText } from './trouble-section.ts'

const TONES = {
  connected: 'good',
  restored: 'good',
  reauthorization_required: 'bad',
  blocked: 'bad',
  disconnected: 'neutral',
  deleted: 'neutral',
} as const satisfies Record<ConnectionChange, Tone>

/** What became of the connection, the newest first and its beginning last. */
export function timeline(
  { words, view }: SignedInVisit,
  {
    connection,
    events,
  }: { readonly connection: Connection; readonly events: readonly PastEvent[] },
): Html {
  const { timeline: title, created, events: names } = words.connection
  const items = events.map(
    ({ change, at, reason }) =>
      html`<li class="${TONES[change]}">${timeText(view, at)} ${names[change]}${reason ? html`<small>${view.texts.situations[reason.situation].title} (${codeText(reason.code)})</small>` : ''}</li>\n`,
  )
  return html`<h2>${title}</h2>
<ol class="timeline">${items}<li>${timeText(view, connection.createdAt)} ${created}</li></ol>`
}
