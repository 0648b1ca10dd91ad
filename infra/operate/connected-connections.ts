import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { DUE_INDEX } from '../../functions/adapters/table-schema.ts'
import { DUE_BUCKETS } from '../../functions/domain/due-bucket.ts'

/** How many connections of the table are connected, by the index of what is due: a hundredth of a scan. */
export async function countConnected(client: DynamoDBClient, table: string): Promise<number> {
  let connected = 0
  for (let bucket = 0; bucket < DUE_BUCKETS; bucket += 1) {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: DUE_INDEX,
        Select: 'COUNT',
        KeyConditionExpression: 'due = :bucket',
        ExpressionAttributeValues: { ':bucket': { N: String(bucket) } },
      },
    )
    for await (const page of pages) connected += page.Count ?? 0
  }
  return connected
}
