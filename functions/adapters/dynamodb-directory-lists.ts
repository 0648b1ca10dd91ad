import type { DirectoryQuery } from '../domain/connection-directory.ts'
import { type DirectorySearch, directorySearchOf } from '../domain/directory-search.ts'
import { type Position, unknownCursor } from './directory-cursor.ts'
import { connectionKey } from './dynamodb-connection-item.ts'
import type { Item } from './dynamodb-item.ts'
import { DIRECTORY_INDEXES } from './table-schema.ts'

/** A stretch of an index, of whichever partitions. */
export interface DirectoryList {
  readonly index: string
  readonly sortKey: 'createdAt' | 'accountId' | 'resource' | 'userKey'
  readonly ascending: boolean
  /** What the sort key begins with. */
  readonly prefix: string | undefined
  /** Whether an earlier list has it, by what the index carries. */
  readonly isElsewhere: (row: Item) => boolean
}

const BY_TIME = { index: DIRECTORY_INDEXES.newest, sortKey: 'createdAt' } as const
const BY_ACCOUNT = { index: DIRECTORY_INDEXES.account, sortKey: 'accountId' } as const
const BY_ENVIRONMENT = { index: DIRECTORY_INDEXES.environment, sortKey: 'resource' } as const
const BY_USER = { index: DIRECTORY_INDEXES.user, sortKey: 'userKey' } as const

const ORDERS = {
  newest: { ...BY_TIME, ascending: false },
  oldest: { ...BY_TIME, ascending: true },
  account: { ...BY_ACCOUNT, ascending: true },
  environment: { ...BY_ENVIRONMENT, ascending: true },
  user: { ...BY_USER, ascending: true },
} as const

/** What to read for a query without an account, one list after the other. */
export function listsOf(query: DirectoryQuery): readonly DirectoryList[] {
  const search = directorySearchOf(query.search)
  if (search !== undefined) return listsFound(search)
  return [{ ...ORDERS[query.order], prefix: undefined, isElsewhere: () => false }]
}

function listsFound({ id, accounts, resource, user }: DirectorySearch): readonly DirectoryList[] {
  const begins = (row: Item, name: string, prefix: string | undefined) =>
    prefix !== undefined && row[name]?.S?.startsWith(prefix) === true
  const hasAccount = (row: Item) => accounts.some((prefix) => begins(row, 'accountId', prefix))
  const byAccount = accounts.map((prefix) => ({
    ...BY_ACCOUNT,
    prefix,
    isElsewhere: () => false,
  }))
  const byEnvironment = { ...BY_ENVIRONMENT, prefix: resource, isElsewhere: hasAccount }
  const byUser = {
    ...BY_USER,
    prefix: user,
    isElsewhere: (row: Item) => hasAccount(row) || begins(row, 'resource', resource),
  }
  return [...byAccount, byEnvironment, byUser]
    .filter(({ prefix }) => prefix !== undefined)
    .map((list) => ({
      ...list,
      ascending: true,
      isElsewhere: (row) => isOf(row, id) || list.isElsewhere(row),
    }))
}

/** Whether it is the connection that comes before all lists. */
function isOf(row: Item, id: number | undefined): boolean {
  return id !== undefined && row.pk?.S === connectionKey(id).pk.S
}

/** @throws ServiceError `request_invalid` when the position is in none of the lists. */
export function requirePlaceIn(lists: readonly DirectoryList[], { list, at }: Position): void {
  const found = lists[list]
  if (found === undefined) throw unknownCursor()
  if (at === undefined) return
  const isOfItsType = (typeof at === 'number') === (found.sortKey === 'createdAt')
  const isInside = found.prefix === undefined || String(at).startsWith(found.prefix)
  if (!isOfItsType || !isInside) throw unknownCursor()
}
