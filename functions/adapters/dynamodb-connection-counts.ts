import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { ConnectionStatus } from '../domain/connection.ts'
import type { CountConnections } from '../domain/connection-counts.ts'
import { answeredPages } from './dynamodb-call.ts'
import { text } from './dynamodb-item.ts'
import { STATUS_INDEX } from './table-schema.ts'

/** A million connections are some 60 MB of index: 60 answers, and 7,000 read units, a tenth of a cent. */
export function dynamodbConnectionCounts(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): CountConnections {
  const countOf = async (status: ConnectionStatus): Promise<number> => {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: STATUS_INDEX,
        Select: 'COUNT',
        KeyConditionExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': text(status) },
      },
    )
    let counted = 0
    for await (const page of answeredPages(pages)) counted += page.Count ?? 0
    return counted
  }
  return async () => {
    const [pending, connected, reauthorization_required, disconnected] = await Promise.all([
      countOf('pending'),
      countOf('connected'),
      countOf('reauthorization_required'),
      countOf('disconnected'),
    ])
    return { pending, connected, reauthorization_required, disconnected }
  }
}
