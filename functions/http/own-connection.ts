import type { Caller } from '../domain/api-access.ts'
import type { Connection } from '../domain/connection.ts'
import type { Connections } from '../domain/connections.ts'
import { ServiceError } from '../domain/service-error.ts'
import { accountOf } from './account.ts'
import { idOf } from './id.ts'
import { type HttpRequest, pathVariable } from './request.ts'

/**
 * The connection that the path names, when it is of the caller's account.
 * @throws ServiceError `not_found`, also for another account's.
 */
export async function ownConnection(
  connections: Pick<Connections, 'read'>,
  request: HttpRequest,
  caller: Caller,
): Promise<Connection> {
  const accountId = accountOf(request, caller)
  const id = idOf(pathVariable(request, 'id'))
  const connection = id === undefined ? undefined : await connections.read(accountId, id)
  if (connection === undefined) throw noSuchConnector()
  return connection
}

/** What an unknown connection is answered with, and one of another account. */
export function noSuchConnector(): ServiceError {
  return new ServiceError('this account has no account connector with that id', {
    code: 'not_found',
  })
}
