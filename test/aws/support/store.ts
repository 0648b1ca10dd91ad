import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { connectionKey } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { account } from './account.ts'

/** What is stored of one connection. */
export type StoredConnection = Readonly<Record<string, unknown>>

/** @returns the item as it is stored, so that two readings can be compared. */
export async function readStored(table: string, connectionId: number): Promise<StoredConnection> {
  const { Item } = await account.dynamodb.send(
    new GetItemCommand({
      TableName: table,
      Key: connectionKey(connectionId),
      ConsistentRead: true,
    }),
  )
  if (Item === undefined) throw new Error(`the connection ${connectionId} is not stored`)
  return Item
}

/** @returns the generation of the stored token set. */
export async function readGeneration(table: string, connectionId: number): Promise<number> {
  const { generation } = await readStored(table, connectionId)
  return Number((generation as { readonly N?: string }).N)
}

/** Makes the connection due, as if its time had come a minute ago. */
export async function makeDue(table: string, connectionId: number): Promise<void> {
  await account.dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: connectionKey(connectionId),
      UpdateExpression: 'SET nextRefreshAt = :past',
      ConditionExpression: 'attribute_exists(due)',
      ExpressionAttributeValues: { ':past': { N: String(Date.now() - 60_000) } },
    }),
  )
}
