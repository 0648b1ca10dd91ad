import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../domain/connection.ts'
import type { ConnectionPage } from '../domain/connections.ts'
import { BATCH_LIMIT, batchGet } from './dynamodb-batch-get.ts'
import { answeredPages } from './dynamodb-call.ts'
import {
  ATTRIBUTES_WITHOUT_TOKENS,
  connectionFromItem,
  connectionKey,
} from './dynamodb-connection-item.ts'
import { readNumber, readText, text } from './dynamodb-item.ts'
import { ACCOUNT_INDEX } from './table-schema.ts'

/** An account's connection names by id, in the order of the ids. */
export async function namesInUse(
  client: DynamoDBClient,
  { table, accountId }: { readonly table: string; readonly accountId: string },
): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>()
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: ACCOUNT_INDEX,
      KeyConditionExpression: 'accountId = :accountId',
      ExpressionAttributeValues: { ':accountId': text(accountId) },
    },
  )
  for await (const page of answeredPages(pages)) {
    for (const item of page.Items ?? []) {
      names.set(readNumber(item, 'connectionId'), readText(item, 'name'))
    }
  }
  return names
}

/** One page of an account's connections, without their tokens. */
export async function listConnections(
  client: DynamoDBClient,
  query: { readonly table: string; readonly accountId: string; readonly page: ConnectionPage },
): Promise<readonly Connection[]> {
  const ids = [...(await namesInUse(client, query)).keys()]
  if (!query.page.ascending) ids.reverse()
  const start = (query.page.page - 1) * query.page.pageSize
  const wanted = ids.slice(start, start + query.page.pageSize)
  const found = await readConnections(client, { table: query.table, ids: wanted })
  return wanted.flatMap((id) => found.get(id) ?? [])
}

/** The connections of these ids that are there, as last stored, without their tokens. */
export async function readConnections(
  client: DynamoDBClient,
  { table, ids }: { readonly table: string; readonly ids: readonly number[] },
): Promise<ReadonlyMap<number, Connection>> {
  const found = new Map<number, Connection>()
  for (let from = 0; from < ids.length; from += BATCH_LIMIT) {
    const Keys = ids.slice(from, from + BATCH_LIMIT).map(connectionKey)
    const request = { Keys, ConsistentRead: true, ...projection() }
    for (const item of await batchGet(client, { [table]: request })) {
      const connection = connectionFromItem(item)
      found.set(connection.id, connection)
    }
  }
  return found
}

/** Reads every attribute but the tokens. */
export function projection(): {
  readonly ProjectionExpression: string
  readonly ExpressionAttributeNames: Record<string, string>
} {
  const names = ATTRIBUTES_WITHOUT_TOKENS.map((name) => [`#${name}`, name] as const)
  return {
    ProjectionExpression: names.map(([alias]) => alias).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names),
  }
}
