import { type DynamoDBClient, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { DueConnections } from '../domain/token-sets.ts'
import { answeredIf, answeredPages } from './dynamodb-call.ts'
import { connectionKey } from './dynamodb-connection-item.ts'
import { number, readText, readTime, time } from './dynamodb-item.ts'
import { DUE_INDEX } from './table-schema.ts'

/** How many are read at a time; a sweep that ends early has read few for nothing. */
const PAGE_SIZE = 250

const isOnTheSchedule = 'attribute_exists(nextRefreshAt)'

export function dynamodbDueConnections(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): DueConnections {
  return {
    due: async function* (bucket, until) {
      const pages = paginateQuery(
        { client, pageSize: PAGE_SIZE },
        {
          TableName: table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: 'due = :bucket AND nextRefreshAt <= :until',
          ExpressionAttributeValues: { ':bucket': number(bucket), ':until': time(until) },
        },
      )
      for await (const page of answeredPages(pages)) {
        for (const item of page.Items ?? []) {
          const connectionId = Number(readText(item, 'pk').replace('connection#', ''))
          yield { connectionId, dueSince: readTime(item, 'nextRefreshAt') }
        }
      }
    },

    setAside: async (connectionId, until) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: connectionKey(connectionId),
        UpdateExpression: 'SET nextRefreshAt = :until',
        ConditionExpression: isOnTheSchedule,
        ExpressionAttributeValues: { ':until': time(until) },
      })
      await answeredIf(client.send(command))
    },
  }
}
