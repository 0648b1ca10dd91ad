import type { Connection } from '../../domain/connection.ts'
import { hostOf } from '../../domain/resource.ts'
import { copyField, details, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { sinceText, timeText } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { listPath } from './paths.ts'

type Row = readonly [Words, Words]

/** What is known of the connection; Microsoft's ids only for whoever opens them. */
export function connectionFacts(
  deps: Pick<ConnectionsDependencies, 'now' | 'refreshPolicy'>,
  visit: SignedInVisit,
  connection: Connection,
): Html {
  const { facts, id, more } = visit.words.connection
  const ids = microsoftIds(visit, connection)
  return html`<h2>${facts}</h2>
${copyField(visit.view, { name: 'connection-id', label: id, value: String(connection.id) })}
${details([...whatRows(visit, connection), ...timeRows(deps, visit, connection)])}
${ids.length > 0 ? html`<details><summary>${more}</summary>${details(ids)}</details>` : ''}`
}

function whatRows({ words }: SignedInVisit, connection: Connection): readonly Row[] {
  const own = words.connection
  const { accountId, name, description, resource, user } = connection
  const account = html`<a href="${listPath(accountId)}"><bdi>${accountId}</bdi></a>`
  const environment =
    resource && html`<a href="${resource}" rel="noreferrer">${hostOf(resource)}</a>`
  return [
    [own.account, account],
    [own.name, html`<bdi>${name}</bdi>`],
    ...(description ? [[own.description, html`<bdi>${description}</bdi>`] as const] : []),
    [own.environment, environment ?? own.environment_open],
    [own.user, user ? userText(user) : own.nobody],
  ]
}

function userText({ name, username }: NonNullable<Connection['user']>): Html {
  const [main = '–', beside] = [name, username].filter((known) => known !== undefined)
  return html`<bdi>${main}</bdi>${beside === undefined ? '' : html`<br><bdi>${beside}</bdi>`}`
}

function timeRows(
  { now, refreshPolicy }: Pick<ConnectionsDependencies, 'now' | 'refreshPolicy'>,
  { words, view }: SignedInVisit,
  connection: Connection,
): readonly Row[] {
  const own = words.connection
  const { createdAt, connectedAt, refreshedAt, nextRefreshAt, hotUntil, status } = connection
  const ago = (at: Date) => html`${timeText(view, at)} (${sinceText(view, at, now())})`
  const isHot = hotUntil !== undefined && hotUntil > now()
  const use = refreshPolicy === 'always-hot' ? own.always_hot : isHot ? own.hot : own.idle
  return [
    [own.created, ago(createdAt)],
    ...(connectedAt ? [[own.connected, ago(connectedAt)] as const] : []),
    ...(refreshedAt ? [[own.renewed, ago(refreshedAt)] as const] : []),
    ...(nextRefreshAt ? [[own.next_renewal, ago(nextRefreshAt)] as const] : []),
    ...(status === 'connected' ? [[own.use, use] as const] : []),
  ]
}

function microsoftIds({ words }: SignedInVisit, { environment, user }: Connection): readonly Row[] {
  const own = words.connection
  return [
    ...(environment
      ? ([
          [own.organization_id, environment.organizationId],
          [own.system_user_id, environment.userId],
          [own.business_unit_id, environment.businessUnitId],
        ] as const)
      : []),
    ...(user
      ? ([
          [own.tenant_id, user.tenantId],
          [own.object_id, user.objectId],
        ] as const)
      : []),
  ]
}
