import type { Connection } from './connection.ts'
import type { ConnectionGroup } from './connection-group.ts'

/** `environment` and `user` leave out the connections that have none. */
export type DirectoryOrder = 'newest' | 'oldest' | 'account' | 'environment' | 'user'

/** The most connections of one page. */
export const DIRECTORY_PAGE_LIMIT = 100

/** Which connections to list, and from where on. */
export interface DirectoryQuery {
  /** None means all. */
  readonly groups: readonly ConnectionGroup[]
  /**
   * What an account's id (in its own case or in lower case), the host of an environment or a user's name
   * begins with, or a connection's whole id.
   */
  readonly search: string | undefined
  /** Not heeded where there is a search or an account. */
  readonly order: DirectoryOrder
  /** Only the connections of this account, whatever the cursor says. */
  readonly accountId: string | undefined
  /** From 1 to {@link DIRECTORY_PAGE_LIMIT}. */
  readonly pageSize: number
  /** The `next` of the page before, of the same query. */
  readonly after: string | undefined
}

export interface DirectoryPage {
  /** Without their tokens. */
  readonly connections: readonly Connection[]
  /** From where the next page goes on; absent after the last. */
  readonly next: string | undefined
}

/** The connections of all accounts, as whoever looks after them finds them. */
export interface ConnectionDirectory {
  /**
   * One page of the connections that the query asks for, for a price that does not grow with their number.
   *
   * - Without a search and an account, in the order asked for; equal ones in any order.
   * - A search finds the connection of that id first, then those whose account matches, by account, then
   *   those whose environment does, by environment, then those whose user does, by user; each once.
   * - Within an account, by id, and what is searched for is not the account; the one of that id first.
   *
   * Connections that stay as they are appear once, over all pages. One that is written to meanwhile may be
   * missed, or among equal ones appear again, and is never listed under a group that it has left. A page may
   * have fewer connections than asked for, even none, and still a next one.
   * @throws ServiceError `request_invalid` when `after` is not the cursor of such a query;
   * `store_unavailable`
   */
  find(query: DirectoryQuery): Promise<DirectoryPage>
  /**
   * The connection as last stored, whosever it is, without its tokens.
   * @throws ServiceError `store_unavailable`
   */
  read(connectionId: number): Promise<Connection | undefined>
}
