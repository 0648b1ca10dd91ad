import type { PastAppEvent } from '../../domain/connection-history.ts'
import { details, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { sinceText, stateMark, timeText } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { codeLink } from './connections-section.ts'
import { daysLeft, type Health } from './health.ts'

/** As many as tell how it went of late. */
const EVENTS_SHOWN = 10

/** Whether Microsoft accepts the app, until when, and how that went. */
export function credentialSection(visit: SignedInVisit, health: Health): Html {
  const { view, words } = visit
  const text = words.health
  const { breaker, app, now } = health
  const state = breaker
    ? html`${stateMark('bad', text.rejected)} ${sinceText(view, breaker.openedAt, now)}, ${codeLink(breaker.code)}`
    : stateMark('good', text.accepted)
  const known: readonly (readonly [Words, Words])[] = app
    ? [
        [text.client_id, html`<code>${app.clientId}</code>`],
        [text.ends, endWords(visit, health)],
      ]
    : []
  return html`<h2>${text.credential}</h2>
${details([[text.state, state], ...known])}
${historyOf(visit, health.appEvents)}`
}

function endWords({ view, words }: SignedInVisit, { app, now }: Health): Words {
  const text = words.health
  const left = daysLeft(app?.endsAt, now)
  if (app?.endsAt === undefined || left === undefined) {
    return app?.kind === 'federated' ? text.ends_never : text.ends_unknown
  }
  const format = new Intl.NumberFormat(view.language, {
    style: 'unit',
    unit: 'day',
    unitDisplay: 'long',
  })
  const day = timeText(view, app.endsAt)
  const rest = left < 0 ? text.has_ended : fill(text.left, { days: format.format(left) })
  return html`${day}: ${rest}`
}

function historyOf({ view, words }: SignedInVisit, events: readonly PastAppEvent[]): Html {
  const text = words.health
  if (events.length === 0) return html``
  const list = events.slice(0, EVENTS_SHOWN).map(({ change, at, code }) => {
    const isBad = change === 'app_credential_rejected'
    return html`<li class="${isBad ? 'bad' : 'good'}">${timeText(view, at)}
${isBad ? text.event_rejected : text.event_restored}${code ? html` ${codeLink(code)}` : ''}</li>`
  })
  return html`<details><summary>${text.history}</summary><ul class="timeline">${list}</ul></details>`
}
