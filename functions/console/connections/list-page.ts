import type { DirectoryPage } from '../../domain/connection-directory.ts'
import { accountOfUser } from '../../domain/console-session.ts'
import { button, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { fill } from '../../http/texts.ts'
import { consolePage } from '../console-page.ts'
import type { SignedInVisit } from '../visit.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { filterForm } from './filter-form.ts'
import {
  directoryQueryOf,
  heedsOrder,
  hrefOf,
  isFiltered,
  type ListQuery,
  listQueryOf,
} from './list-query.ts'
import { connectionsTable } from './list-table.ts'
import { CONNECTIONS_PATH, newConnectionPath } from './paths.ts'

const NOTHING: DirectoryPage = { connections: [], next: undefined }

/** `GET /console/connections`: a page of the connections, by one question to the directory. */
export async function connectionList(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const asked = queryOf(visit.http)
  const query = listQueryOf(asked, accountOfUser(visit.session.user))
  const wanted = directoryQueryOf(query)
  const found = wanted === undefined ? NOTHING : await deps.directory.find(wanted)
  const words = visit.words.connections
  const hasNone = found.connections.length === 0 && found.next === undefined
  const isBeginning = hasNone && !isNarrowed(query)
  return consolePage(visit, {
    title: titleOf(visit, query),
    section: 'connections',
    hasHeading: true,
    done: asked.get('done') === 'deleted' ? words.deleted : undefined,
    content: html`${head(visit, query, isBeginning)}
${isBeginning ? '' : filterForm(visit, query)}
${heedsOrder(query) ? leftOut(visit, query) : ''}
${found.connections.length > 0 ? connectionsTable(visit, { found, query, now: deps.now() }) : nothing(visit, query, found)}
${further(visit, query, found)}`,
  })
}

function titleOf({ words }: SignedInVisit, { account }: ListQuery): Words {
  const { title, account_title } = words.connections
  return account === undefined ? title : fill(account_title, { account })
}

/** @param isBeginning there is nothing yet, and the first one is offered below */
function head(visit: SignedInVisit, query: ListQuery, isBeginning: boolean): Html {
  const { all, new: create } = visit.words.connections
  const { account } = query
  const isOneOfMany = account !== undefined && accountOfUser(visit.session.user) === undefined
  return html`<div class="head"><h1>${titleOf(visit, query)}</h1>
${isOneOfMany ? html`<a href="${CONNECTIONS_PATH}">${all}</a>` : ''}
${isBeginning ? '' : button(create, newConnectionPath(account))}</div>`
}

/** Two orders are of what not every connection has. */
function leftOut({ words }: SignedInVisit, { order }: ListQuery): Html | '' {
  const { without_environment, without_user } = words.connections
  if (order === 'environment') return html`<p class="help">${without_environment}</p>`
  return order === 'user' ? html`<p class="help">${without_user}</p>` : ''
}

function nothing({ words }: SignedInVisit, query: ListQuery, { next }: DirectoryPage): Html {
  const { none_so_far, none_so_far_text, clear, ...told } = words.connections
  if (next !== undefined) return html`<h2>${none_so_far}</h2>\n<p>${none_so_far_text}</p>`
  if (isNarrowed(query)) {
    const everything = { search: '', state: undefined, who: undefined, after: undefined }
    const href = hrefOf({ ...query, ...everything, order: 'newest' })
    return html`<h2>${told.none_found}</h2>\n<p>${told.none_found_text}</p>
${button(clear, href, 'secondary')}`
  }
  return html`<h2>${told.none}</h2>\n<p>${told.none_text}</p>
${button(told.create_first, newConnectionPath(query.account))}`
}

/** Whether there may be more than what was asked for. */
function isNarrowed(query: ListQuery): boolean {
  return isFiltered(query) || query.order !== 'newest' || query.after !== undefined
}

function further({ words }: SignedInVisit, query: ListQuery, { next }: DirectoryPage): Html | '' {
  const { first, next: label } = words.connections
  const { after } = query
  const toFirst = after && button(first, hrefOf({ ...query, after: undefined }), 'secondary')
  const toNext = next && button(label, hrefOf({ ...query, after: next }), 'secondary')
  if (!toFirst && !toNext) return ''
  return html`<div class="actions">${toFirst ?? ''}${toNext ?? ''}</div>`
}
