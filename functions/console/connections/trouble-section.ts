import type { Connection, RefreshFailure } from '../../domain/connection.ts'
import { accountOfUser } from '../../domain/console-session.ts'
import type { Reason } from '../../domain/reason.ts'
import { button, details, type Words } from '../../http/components.ts'
import { portalLinkOf } from '../../http/guidance-text.ts'
import { type Html, html } from '../../http/html.ts'
import { CONSOLE_PATH } from '../../http/routes.ts'
import { sinceText, stateMark } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { standingOf } from './standing.ts'

type Row = readonly [Words, Words]

/** How the connection is, in a sentence; where somebody must act, who, why and how. */
export function troubleSection(visit: SignedInVisit, connection: Connection, now: Date): Html {
  const { words } = visit
  const { tone, word, sentence } = standingOf(connection)
  const { reason, failure } = connection
  const rows = [
    ...(reason ? reasonRows(visit, reason, now) : []),
    ...(failure ? failureRows(visit, failure, now) : []),
    ...(reason === undefined && failure ? [codeRow(visit, failure.code)] : []),
  ]
  return html`<p>${stateMark(tone, words.connections.states[word])}</p>
<p>${words.connection.standing[sentence]}</p>
${reason ? situation(visit, reason) : ''}
${rows.length > 0 ? details(rows) : ''}`
}

/** In the words of the customer's pages. */
function situation({ words, view, session }: SignedInVisit, { situation, who }: Reason): Html {
  const { title, happened, remedy } = view.texts.situations[situation]
  const isForTheSetup = who === 'application_owner' && accountOfUser(session.user) === undefined
  const setup = button(words.connection.setup, `${CONSOLE_PATH}/setup`)
  return html`<h2>${title}</h2>
<p>${words.connection.told}</p>
<blockquote><p>${happened}</p><p>${remedy}</p></blockquote>
${isForTheSetup ? setup : ''}`
}

function reasonRows(visit: SignedInVisit, reason: Reason, now: Date): readonly Row[] {
  const { words, view } = visit
  const { who, where, since } = words.connection
  const page = portalLinkOf(view.texts, reason.situation)
  return [
    [who, words.connections.whos[reason.who]],
    ...(page ? [[where, html`<a href="${page.url}">${page.label}</a>`] as const] : []),
    codeRow(visit, reason.code),
    [since, sinceText(view, reason.at, now)],
  ]
}

function failureRows(
  { words, view }: SignedInVisit,
  { count, at }: RefreshFailure,
  now: Date,
): readonly Row[] {
  const { failures, last_failure } = words.connection
  return [
    [failures, String(count)],
    [last_failure, sinceText(view, at, now)],
  ]
}

/** Microsoft's own codes are explained by a page of this service. */
function codeRow({ words }: SignedInVisit, code: string): Row {
  return [words.connection.code, codeText(code)]
}

export function codeText(code: string): Html {
  return /^AADSTS\d{4,8}$/.test(code)
    ? html`<a href="/help/aadsts/${code}">${code}</a>`
    : html`<bdi>${code}</bdi>`
}
