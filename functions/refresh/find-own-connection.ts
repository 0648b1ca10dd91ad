import type { ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import type { Connection } from '../domain/connection.ts'
import type { Connections } from '../domain/connections.ts'
import { callerOf } from '../http/bearer-token.ts'
import { ownConnection } from '../http/own-connection.ts'
import type { HttpRequest } from '../http/request.ts'

export interface FindOwnConnection {
  readonly connections: Pick<Connections, 'read'>
  readonly readApiAccess: ReadApiAccess
  readonly now: Clock
}

/**
 * The connection that the path names, for whoever may ask for it.
 * @throws ServiceError as `callerOf` and `ownConnection`.
 */
export async function findOwnConnection(
  deps: FindOwnConnection,
  request: HttpRequest,
): Promise<Connection> {
  return ownConnection(deps.connections, request, await callerOf(request, deps))
}
