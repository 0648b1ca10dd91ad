import type { Caller, ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import type { CloudName } from '../domain/clouds.ts'
import type { Connection } from '../domain/connection.ts'
import type { ConnectionDirectory } from '../domain/connection-directory.ts'
import type { Connections } from '../domain/connections.ts'
import type { ImportTokens } from '../domain/import-outcome.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { SignInTokens } from '../domain/sign-in-token.ts'
import { noSuchConnector, ownConnection } from '../http/own-connection.ts'
import type { HttpRequest } from '../http/request.ts'
import type { ReadDocument } from './documents.ts'

export interface ApiDependencies {
  readonly connections: Connections
  readonly directory: Pick<ConnectionDirectory, 'find'>
  readonly importTokens: ImportTokens
  readonly signInTokens: Pick<SignInTokens, 'create'>
  readonly readApiAccess: ReadApiAccess
  readonly clouds: readonly CloudName[]
  readonly readDocument: ReadDocument
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

/** The connection that the path names. @throws ServiceError as `ownConnection`. */
export function connectionOf(
  deps: Pick<ApiDependencies, 'connections'>,
  { http, caller }: ApiRequest,
): Promise<Connection> {
  return ownConnection(deps.connections, http, caller)
}

/** What a change of a connection left; it may have been deleted in between. */
export function stillThere(connection: Connection | undefined): Connection {
  if (connection === undefined) throw noSuchConnector()
  return connection
}
