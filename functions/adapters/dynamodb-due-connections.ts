import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { DueConnections } from '../domain/token-sets.ts'
import { answered } from './dynamodb-call.ts'
import { number, readText, time } from './dynamodb-item.ts'
import { DUE_INDEX } from './table-schema.ts'

export function dynamodbDueConnections(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): DueConnections {
  return {
    due: async (shard, until, limit) => {
      const command = new QueryCommand({
        TableName: table,
        IndexName: DUE_INDEX,
        KeyConditionExpression: 'due = :shard AND nextRefreshAt <= :until',
        ExpressionAttributeValues: { ':shard': number(shard), ':until': time(until) },
        Limit: limit,
      })
      const { Items: items } = await answered(client.send(command))
      return (items ?? []).map((item) => Number(readText(item, 'pk').replace('connection#', '')))
    },
  }
}
