import type { ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import type { Connection } from '../domain/connection.ts'
import type { Connections } from '../domain/connections.ts'
import { ServiceError } from '../domain/service-error.ts'
import { accountOf } from '../http/account.ts'
import { callerOf } from '../http/bearer-token.ts'
import { idOf } from '../http/fields.ts'
import { type HttpRequest, pathVariable } from '../http/request.ts'

export interface FindOwnConnection {
  readonly connections: Pick<Connections, 'read'>
  readonly readApiAccess: ReadApiAccess
  readonly now: Clock
}

/**
 * The connection that the path names, when it is of the caller's account.
 * @throws ServiceError `not_found`, also for another account's; or what a bearer token is refused with.
 */
export async function findOwnConnection(
  deps: FindOwnConnection,
  request: HttpRequest,
): Promise<Connection> {
  const caller = await callerOf(request, deps)
  const id = idOf(pathVariable(request, 'id')) ?? 0
  const connection = await deps.connections.read(accountOf(request, caller), id)
  if (connection === undefined) throw noSuchConnection()
  return connection
}

export function noSuchConnection(): ServiceError {
  return new ServiceError('this account has no account connector with that id', {
    code: 'not_found',
  })
}
