import type { Connection } from '../../domain/connection.ts'
import type { DirectoryPage } from '../../domain/connection-directory.ts'
import { type Html, type HtmlValue, html } from '../../http/html.ts'
import { hostText, sinceText, stateMark, table } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import type { ListQuery } from './list-query.ts'
import { connectionPath, listPath } from './paths.ts'
import { standingOf } from './standing.ts'

interface Shown {
  readonly found: DirectoryPage
  readonly query: ListQuery
  readonly now: Date
}

/**
 * The connections of one page; the account goes without saying on its own page. A phone shows the first
 * columns, and the others when it is scrolled.
 */
export function connectionsTable(visit: SignedInVisit, { found, query, now }: Shown): Html {
  const words = visit.words.connections
  const hasAccounts = query.account === undefined
  const labels = [
    words.connection,
    words.state,
    words.trouble,
    ...(hasAccounts ? [words.account] : []),
    words.user,
    words.times,
  ]
  const rows = found.connections.map((connection): readonly HtmlValue[] => {
    const { tone, word } = standingOf(connection)
    return [
      nameCell(connection),
      stateMark(tone, words.states[word]),
      troubleCell(visit, connection),
      ...(hasAccounts ? [accountCell(connection)] : []),
      userCell(connection),
      timesCell(visit, connection, now),
    ]
  })
  const caption = words.caption.replace('{count}', String(rows.length))
  return table(
    caption,
    labels.map((label) => ({ label })),
    rows,
  )
}

function nameCell({ id, name, resource }: Connection): Html {
  const main = resource === undefined ? name : hostText(resource)
  const beside = resource === undefined ? '' : html`<small><bdi>${name}</bdi></small>`
  return html`<a href="${connectionPath(id)}"><bdi>${main}</bdi></a>${beside}`
}

function accountCell({ accountId }: Connection): Html {
  return html`<a href="${listPath(accountId)}"><bdi>${accountId}</bdi></a>`
}

function userCell({ user }: Connection): Html {
  return html`<bdi>${user?.username ?? user?.name ?? '–'}</bdi>`
}

function troubleCell({ words, view }: SignedInVisit, { reason, failure }: Connection): HtmlValue {
  const { whos, who_acts, failing } = words.connections
  if (reason !== undefined) {
    const who = who_acts.replace('{who}', whos[reason.who])
    return html`${view.texts.situations[reason.situation].title}<small>${who}</small>`
  }
  return failure === undefined ? '–' : failing.replace('{count}', String(failure.count))
}

function timesCell({ words, view }: SignedInVisit, connection: Connection, now: Date): Html {
  const { renewed, next_renewal, since, created } = words.connections
  const { reason, refreshedAt, connectedAt, nextRefreshAt, createdAt } = connection
  const line = (label: string, at: Date) => html`${label} ${sinceText(view, at, now)}`
  if (reason !== undefined) return line(since, reason.at)
  const lastAt = refreshedAt ?? connectedAt
  if (lastAt === undefined) return line(created, createdAt)
  const next = nextRefreshAt && html`<small>${line(next_renewal, nextRefreshAt)}</small>`
  return html`${line(renewed, lastAt)}${next ?? ''}`
}
