import type { Caller, ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import type { CloudName } from '../domain/clouds.ts'
import type { Connection } from '../domain/connection.ts'
import type { Connections } from '../domain/connections.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { SignInTokens } from '../domain/sign-in-token.ts'
import { accountOf } from '../http/account.ts'
import { idOf } from '../http/fields.ts'
import { type HttpRequest, pathVariable } from '../http/request.ts'

export interface ApiDependencies {
  readonly connections: Connections
  readonly signInTokens: Pick<SignInTokens, 'create'>
  readonly readApiAccess: ReadApiAccess
  readonly clouds: readonly CloudName[]
  readonly now: Clock
}

/** A request whose bearer token was checked. */
export interface ApiRequest {
  readonly http: HttpRequest
  readonly caller: Caller
}

export function notFound(message: string): ServiceError {
  return new ServiceError(message, { code: 'not_found' })
}

/** What an unknown connection is answered with, and one of another account. */
export const noSuchConnector = (): ServiceError =>
  notFound('this account has no account connector with that id')

/**
 * The connection that the path names.
 * @throws ServiceError `not_found` when the account has none with that id.
 */
export async function connectionOf(
  deps: Pick<ApiDependencies, 'connections'>,
  { http, caller }: ApiRequest,
): Promise<Connection> {
  const accountId = accountOf(http, caller)
  const connectionId = idOf(pathVariable(http, 'id'))
  const connection =
    connectionId === undefined ? undefined : await deps.connections.read(accountId, connectionId)
  if (connection === undefined) throw noSuchConnector()
  return connection
}

/** What a change of a connection left; it may have been deleted in between. */
export function stillThere(connection: Connection | undefined): Connection {
  if (connection === undefined) throw noSuchConnector()
  return connection
}
