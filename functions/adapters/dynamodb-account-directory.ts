import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../domain/connection.ts'
import type { DirectoryQuery } from '../domain/connection-directory.ts'
import { isInGroups } from '../domain/connection-group.ts'
import { type DirectorySearch, directorySearchOf } from '../domain/directory-search.ts'
import { beginningOf, type Found, type Position, unknownCursor } from './directory-cursor.ts'
import { BATCH_LIMIT } from './dynamodb-batch-get.ts'
import { answered } from './dynamodb-call.ts'
import { readConnections } from './dynamodb-connection-list.ts'
import { number, readNumber, text } from './dynamodb-item.ts'
import { ACCOUNT_INDEX } from './table-schema.ts'

/** How many connections are looked at for one page of those that match: some 600 KB. */
const LOOKED_AT_PER_PAGE = 200

/** The connections of one account, and nobody else's. */
interface AccountDirectory {
  readonly client: DynamoDBClient
  readonly table: string
  readonly accountId: string
}

/** Which connections are wanted, and how many to look at in one go. */
interface Wanted {
  readonly limit: number
  readonly matches: (connection: Connection) => boolean
}

/** What the query finds in the account: the one whose id is searched for, then the others by id. */
export async function* connectionsOfAccount(
  directory: AccountDirectory,
  query: DirectoryQuery,
  from: Position,
): AsyncGenerator<Found<Connection>> {
  const search = directorySearchOf(query.search)
  const isWanted = (connection: Connection): boolean =>
    connection.accountId === directory.accountId && isInGroups(query.groups, connection)
  if (search?.id !== undefined && query.after === undefined) {
    const [exact] = await read(directory, [search.id])
    if (exact && isWanted(exact)) yield { one: exact, after: beginningOf(0) }
  }
  const isNarrowed = search !== undefined || query.groups.length > 0
  const wanted = {
    limit: isNarrowed ? BATCH_LIMIT : query.pageSize + 1,
    matches: (connection: Connection) => isWanted(connection) && isFoundBy(search, connection),
  }
  yield* byId(directory, wanted, lastIdOf(from))
}

/** The one of that very id has come before all others. */
function isFoundBy(search: DirectorySearch | undefined, { id, resource, user }: Connection) {
  if (search === undefined) return true
  const begins = (value: string | undefined, prefix: string | undefined) =>
    prefix !== undefined && value?.startsWith(prefix) === true
  const isFound =
    begins(resource, search.resource) || begins(user?.username?.toLowerCase(), search.user)
  return isFound && id !== search.id
}

/** Ids are positive. */
function lastIdOf({ at = 0 }: Position): number {
  if (typeof at === 'number') return at
  throw unknownCursor()
}

async function* byId(
  directory: AccountDirectory,
  { matches, limit }: Wanted,
  after: number,
): AsyncGenerator<Found<Connection>> {
  const at = (id: number): Position => ({ ...beginningOf(0), at: id })
  let last = after
  for (let lookedAt = 0; lookedAt < LOOKED_AT_PER_PAGE; ) {
    const { ids, isMore } = await idsAfter(directory, last, limit)
    for (const connection of await read(directory, ids)) {
      if (matches(connection)) yield { one: connection, after: at(connection.id) }
    }
    if (!isMore) return
    lookedAt += ids.length
    last = ids.at(-1) ?? last
  }
  yield { one: undefined, after: at(last) }
}

async function idsAfter(
  { client, table, accountId }: AccountDirectory,
  last: number,
  limit: number,
): Promise<{ readonly ids: readonly number[]; readonly isMore: boolean }> {
  const command = new QueryCommand({
    TableName: table,
    IndexName: ACCOUNT_INDEX,
    Limit: limit,
    KeyConditionExpression: 'accountId = :accountId AND connectionId > :last',
    ExpressionAttributeValues: { ':accountId': text(accountId), ':last': number(last) },
  })
  const { Items = [], LastEvaluatedKey } = await answered(client.send(command))
  const ids = Items.map((item) => readNumber(item, 'connectionId'))
  return { ids, isMore: LastEvaluatedKey !== undefined }
}

async function read(
  { client, table }: AccountDirectory,
  ids: readonly number[],
): Promise<readonly Connection[]> {
  const found = await readConnections(client, { table, ids })
  return ids.flatMap((id) => found.get(id) ?? [])
}
