import type { Connection } from '../../domain/connection.ts'
import { accountOfUser } from '../../domain/console-session.ts'
import { ServiceError } from '../../domain/service-error.ts'
import { idOf } from '../../http/id.ts'
import { pathVariable } from '../../http/request.ts'
import type { SignedInVisit } from '../visit.ts'
import type { ConnectionsDependencies } from './dependencies.ts'

/**
 * The connection that the path names, when it is one that the visitor may see.
 * @throws ServiceError `not_found`, also for one of another account.
 */
export async function connectionOf(
  { directory }: Pick<ConnectionsDependencies, 'directory'>,
  { http, session }: SignedInVisit,
): Promise<Connection> {
  const id = idOf(pathVariable(http, 'id'))
  const connection = id === undefined ? undefined : await directory.read(id)
  const onlyAccount = accountOfUser(session.user) ?? connection?.accountId
  if (connection === undefined || connection.accountId !== onlyAccount) throw noSuchConnection()
  return connection
}

/** What a change left; the connection may have been deleted in between. */
export function stillThere(connection: Connection | undefined): Connection {
  if (connection === undefined) throw noSuchConnection()
  return connection
}

export function noSuchConnection(): ServiceError {
  return new ServiceError('there is no connection with that id', { code: 'not_found' })
}
