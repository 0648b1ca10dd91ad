import type { Connection } from '../../domain/connection.ts'
import { accountOfUser } from '../../domain/console-session.ts'
import { notice, type Tone, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { fill } from '../../http/texts.ts'
import { hostText } from '../components.ts'
import { consolePage } from '../console-page.ts'
import type { SignedInVisit } from '../visit.ts'
import { changeForms } from './change-forms.ts'
import { connectionFacts } from './connection-facts.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { DONE, isDoneWord } from './done.ts'
import { type FormState, UNTOUCHED } from './form-state.ts'
import { linkForms } from './link-forms.ts'
import { connectionOf } from './own-connection.ts'
import { listPath } from './paths.ts'
import { refreshForm } from './refresh.ts'
import { standingOf } from './standing.ts'
import { timeline } from './timeline.ts'
import { troubleSection } from './trouble-section.ts'

/** `GET /console/connections/{id}`: how one connection is, and all that can be done with it. */
export async function connectionView(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  return connectionPage(deps, visit, { connection: await connectionOf(deps, visit) })
}

interface Shown {
  readonly connection: Connection
  /** A form that has a mistake. */
  readonly form?: FormState
}

/** The page of a connection, also as the answer to a form of it that has a mistake. */
export async function connectionPage(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
  { connection, form }: Shown,
): Promise<HttpResponse> {
  const [events, origins] = await Promise.all([
    deps.history.read(connection.id),
    deps.returnOrigins(),
  ])
  const { name, resource } = connection
  const title = html`<bdi>${resource === undefined ? name : hostText(resource)}</bdi>`
  const state = form ?? UNTOUCHED
  const link = linkForms(visit, { connection, origins, publicUrl: deps.publicUrl, state })
  const refresh = refreshForm(visit, connection)
  const isForSignIn = standingOf(connection).needs === 'sign_in'
  return consolePage(visit, {
    title,
    section: 'connections',
    statusCode: form === undefined ? 200 : 422,
    hasHeading: true,
    content: html`${told(visit, connection)}
${head(visit, connection, title)}
${troubleSection(visit, connection, deps.now())}
<h2 id="next">${visit.words.connection.next_step}</h2>
${isForSignIn ? [link, refresh] : [refresh, link]}
<div class="columns"><section>${connectionFacts(deps, visit, connection)}</section>
<section>${timeline(visit, { connection, events })}</section></div>
<h2>${visit.words.connection.change}</h2>
${changeForms(visit, connection, state)}`,
  })
}

function head({ words, session }: SignedInVisit, connection: Connection, title: Words): Html {
  const { accountId } = connection
  const { back, back_account } = words.connection
  const isOfAll = accountOfUser(session.user) === undefined
  const toAccount = html`<a href="${listPath(accountId)}">${fill(back_account, { account: accountId })}</a>`
  const toAll = html`<a href="${listPath(undefined)}">${back}</a> · ${toAccount}`
  return html`<p>${isOfAll ? toAll : toAccount}</p>\n<h1>${title}</h1>`
}

/** What has just been done, or how the sign-in ended from which the visitor returns. */
function told({ http, words }: SignedInVisit, { id, status }: Connection): Html | '' {
  const query = queryOf(http)
  const done = query.get('done') ?? ''
  if (isDoneWord(done)) return say(DONE[done], words.connection.done[done])
  if (query.get('connectionId') !== String(id)) return ''
  const { returned } = words.connection
  if (query.get('status') === 'failed') return say('bad', returned.failed)
  const hasWorked = query.get('status') === 'connected' && status === 'connected'
  return hasWorked ? say('good', returned.connected) : ''
}

function say(tone: Tone, text: string): Html {
  return html`<div role="status">${notice(tone, text)}</div>`
}
