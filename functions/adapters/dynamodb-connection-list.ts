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
  const found = new Map<number, Connection>()
  for (let from = 0; from < wanted.length; from += BATCH_LIMIT) {
    const batch = wanted.slice(from, from + BATCH_LIMIT)
    const request = { Keys: batch.map(connectionKey), ConsistentRead: true, ...projection() }
    for (const item of await batchGet(client, { [query.table]: request })) {
      const connection = connectionFromItem(item)
      found.set(connection.id, connection)
    }
  }
  return wanted.flatMap((id) => found.get(id) ?? [])
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
