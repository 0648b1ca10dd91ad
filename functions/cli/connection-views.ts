import type { ConnectionStatus } from '../client/connection.ts'
import type { ShownConnection } from './connection-json.ts'
import type { Colour, Paint } from './paint.ts'
import { type Cell, facts, table } from './table.ts'
import { WHO_ACTS } from './who.ts'

/** Connections, one a row. */
export function connectionTable(paint: Paint, connections: readonly ShownConnection[]): string {
  const heads = ['ACCOUNT', 'ID', 'STATUS', 'ACTS', 'NAME', 'RESOURCE', 'USER']
  const rows = connections.map((it) => [
    it.accountId,
    it.id,
    statusCell(it.status),
    it.reason?.who,
    it.name,
    it.resource,
    it.user?.username,
  ])
  return table(paint, heads, rows)
}

/** Everything that there is to know of a connection, one fact a line. */
export function connectionFacts(paint: Paint, connection: ShownConnection): string {
  const { reason, user, environment, lastFailure } = connection
  return facts(paint, [
    ['Account', connection.accountId],
    ['Id', connection.id],
    ['Name', connection.name],
    ['Description', connection.description],
    ['Status', statusCell(connection.status)],
    ['Reason', reason && `${reason.message} (${reason.code}, ${timeText(reason.at)})`],
    ['Who acts', reason && WHO_ACTS[reason.who]],
    ['Resource', connection.resource],
    ['Tenant', environment?.tenantId ?? user?.tenantId],
    ['User', user && [user.name, user.username ?? user.objectId].filter(Boolean).join(', ')],
    ['Last failure', lastFailure && `${lastFailure.code}, ${timeText(lastFailure.at)}`],
    ['Created', timeText(connection.createdAt)],
    ['Connected', timeText(connection.connectedAt)],
    ['Refreshed', timeText(connection.refreshedAt)],
    ['Next refresh', timeText(connection.nextRefreshAt)],
  ])
}

/** To the second, as UTC: `2026-01-31 12:00:00Z`. */
export function timeText<Time extends Date | undefined>(
  time: Time,
): string | (Time extends undefined ? undefined : never)
export function timeText(time: Date | undefined): string | undefined {
  return time && `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`
}

const COLOURS: Readonly<Record<ConnectionStatus, Colour>> = {
  pending: 'yellow',
  connected: 'green',
  reauthorization_required: 'red',
  disconnected: 'dim',
}

function statusCell(status: ConnectionStatus): Cell {
  return { text: status, colour: COLOURS[status] }
}
