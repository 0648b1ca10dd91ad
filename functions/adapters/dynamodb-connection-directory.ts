import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type {
  ConnectionDirectory,
  DirectoryPage,
  DirectoryQuery,
} from '../domain/connection-directory.ts'
import { isInGroups } from '../domain/connection-group.ts'
import { directorySearchOf } from '../domain/directory-search.ts'
import { beginningOf, type Found, pageOf, positionOf } from './directory-cursor.ts'
import { connectionsOfAccount } from './dynamodb-account-directory.ts'
import { partitionsOf } from './dynamodb-connection-group.ts'
import { readConnections } from './dynamodb-connection-list.ts'
import { listsOf, requirePlaceIn } from './dynamodb-directory-lists.ts'
import { idsIn } from './dynamodb-directory-reader.ts'

interface ConnectionsTable {
  readonly client: DynamoDBClient
  readonly table: string
}

export function dynamodbConnectionDirectory(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): ConnectionDirectory {
  const here = { client, table }
  return {
    find: async (query) => {
      const { accountId } = query
      if (accountId === undefined) return findEverywhere(here, query)
      const from = query.after === undefined ? beginningOf(0) : positionOf(query.after)
      const found = connectionsOfAccount({ ...here, accountId }, query, from)
      const { all, next } = await pageOf(found, query.pageSize)
      return { connections: all, next }
    },
    read: async (id) => (await readConnections(client, { ...here, ids: [id] })).get(id),
  }
}

/** The indexes tell which connections, a moment ago; their items, how they are now. */
async function findEverywhere(
  here: ConnectionsTable,
  query: DirectoryQuery,
): Promise<DirectoryPage> {
  const { all, next } = await pageOf(idsFound(here, query), query.pageSize)
  const ids = [...new Set(all)]
  const found = await readConnections(here.client, { ...here, ids })
  const connections = ids
    .flatMap((id) => found.get(id) ?? [])
    .filter((connection) => isInGroups(query.groups, connection))
  return { connections, next }
}

async function* idsFound(
  here: ConnectionsTable,
  query: DirectoryQuery,
): AsyncGenerator<Found<number>> {
  const id = directorySearchOf(query.search)?.id
  if (id !== undefined && query.after === undefined) {
    const exact = (await readConnections(here.client, { ...here, ids: [id] })).get(id)
    if (exact && isInGroups(query.groups, exact)) yield { one: id, after: beginningOf(0) }
  }
  const lists = listsOf(query)
  const from = query.after === undefined ? beginningOf(0) : positionOf(query.after)
  if (query.after !== undefined) requirePlaceIn(lists, from)
  const partitions = partitionsOf(query.groups)
  yield* idsIn({ ...here, partitions, limit: query.pageSize + 1 }, lists, from)
}
