import type { Connection } from './connection.ts'
import type { Resource } from './resource.ts'

export interface NewConnection {
  readonly accountId: string
  /** Absent: a name of the connector's own that the account does not use yet. */
  readonly name: string | undefined
  readonly description: string | undefined
  readonly resource: Resource | undefined
}

/** One page of an account's connections, in the order of their ids. */
export interface ConnectionPage {
  readonly page: number
  readonly pageSize: number
  readonly ascending: boolean
}

/** Absent fields stay as they are. */
export interface ConnectionLabels {
  readonly name?: string
  readonly description?: string | undefined
}

/**
 * The connections as their account manages them. Every call is about one account's connection: an id
 * of another account is as unknown as one that never was.
 */
export interface Connections {
  /** Stores a `pending` connection under a new random id. */
  create(connection: Omit<NewConnection, 'name'> & { name: string }): Promise<Connection>
  /** Reads the connection as last stored. */
  read(accountId: string, connectionId: number): Promise<Connection | undefined>
  list(accountId: string, page: ConnectionPage): Promise<readonly Connection[]>
  /** The names in use in the account; one stored within the last second may be missing. */
  names(accountId: string): Promise<ReadonlyMap<number, string>>
  relabel(connection: Connection, labels: ConnectionLabels): Promise<Connection | undefined>
  /**
   * Sets or forgets the environment. Tokens of another environment are forgotten with it, since they
   * are of no use there; the status becomes `pending`.
   */
  setResource(
    connection: Connection,
    resource: Resource | undefined,
  ): Promise<Connection | undefined>
  /** Forgets tokens and user; the status becomes `disconnected`. The generation stays. */
  disconnect(connection: Pick<Connection, 'id' | 'accountId'>): Promise<Connection | undefined>
  /** @returns `false` when there was no such connection. */
  remove(connection: Connection): Promise<boolean>
}
