import type { Waiting } from '../../domain/connection-counts.ts'
import type { Who } from '../../domain/reason.ts'
import type { TakenCensus } from '../../domain/service-record.ts'
import { type Html, html } from '../../http/html.ts'
import { CONSOLE_PATH } from '../../http/routes.ts'
import { fill } from '../../http/texts.ts'
import { sinceText, table } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import type { StateMark } from './chart-scale.ts'
import type { Health } from './health.ts'

/** Who mends most by being told comes first. */
const WHO: readonly Who[] = ['application_owner', 'administrator', 'user', 'nobody']

const AADSTS_CODE = /^AADSTS(\d{4,8})$/

/** How many connections there are of each kind, and why some need attention. */
export function connectionsSection(visit: SignedInVisit, { census, now }: Health): Html {
  const text = visit.words.health
  if (census === undefined) return html`<p>${text.not_counted}</p>`
  const counted = sinceText(visit.view, census.at, now)
  return html`<div class="tiles">${tiles(visit, census)}</div>
<p class="help">${fill(text.counted, { time: clock(visit, census.at) })} (${counted})</p>
${attention(visit, census.waiting)}`
}

function tiles({ view, words }: SignedInVisit, { counts, waiting }: TakenCensus): readonly Html[] {
  const text = words.health
  const number = new Intl.NumberFormat(view.language)
  // Those that are blocked are connected still, and need somebody all the same: each is counted once.
  const waitingNow = waiting.reduce((sum, { connections }) => sum + connections, 0)
  const blocked = Math.max(waitingNow - counts.reauthorization_required, 0)
  const shown: readonly (readonly [StateMark, number])[] = [
    ['connected', Math.max(counts.connected - blocked, 0)],
    ['attention', counts.reauthorization_required + blocked],
    ['pending', counts.pending],
    ['disconnected', counts.disconnected],
  ]
  return shown.map(([state, count]) => {
    const tone = state === 'attention' && count > 0 ? ' bad' : ''
    return html`<a class="tile${tone}" href="${listPath({ state })}"><strong>${number.format(count)}</strong>
<small>${text[`tile_${state}`]}</small></a>`
  })
}

function attention(visit: SignedInVisit, waiting: readonly Waiting[]): Html {
  const text = visit.words.health
  if (waiting.length === 0) return html``
  const groups = WHO.map((who) => ({ who, reasons: waiting.filter((one) => one.who === who) }))
  const list = groups
    .filter(({ reasons }) => reasons.length > 0)
    .map((group) => byWho(visit, group))
  return html`<h2>${text.attention}</h2>
${list}`
}

function byWho(
  { view, words }: SignedInVisit,
  { who, reasons }: { readonly who: Who; readonly reasons: readonly Waiting[] },
): Html {
  const text = words.health
  const number = new Intl.NumberFormat(view.language)
  const sum = reasons.reduce((all, { connections }) => all + connections, 0)
  const columns = [
    { label: text.reason },
    { label: text.code },
    { label: text.connections, isNumber: true },
  ]
  const rows = reasons.map(({ situation, code, connections }) => [
    view.texts.situations[situation].title,
    codeLink(code),
    number.format(connections),
  ])
  return html`<h3>${text[`who_${who}`]}</h3>
${table(text[`who_${who}_what`], columns, rows)}
<p><a href="${listPath({ state: 'attention', who })}">${fill(text.show, { count: number.format(sum) })}</a></p>\n`
}

/** A code, with what it means where Microsoft's is explained. */
export function codeLink(code: string): Html {
  const [, digits] = AADSTS_CODE.exec(code) ?? []
  const text = html`<code>${code}</code>`
  return digits === undefined ? text : html`<a href="/help/aadsts/${digits}">${text}</a>`
}

function listPath(filter: Readonly<Record<string, string>>): string {
  return `${CONSOLE_PATH}/connections?${new URLSearchParams(filter)}`
}

function clock({ view }: SignedInVisit, at: Date): string {
  const format = new Intl.DateTimeFormat(view.language, { timeStyle: 'short', timeZone: 'UTC' })
  return `${format.format(at)} UTC`
}
