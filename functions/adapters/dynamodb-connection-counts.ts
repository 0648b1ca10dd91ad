import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { ConnectionStatus } from '../domain/connection.ts'
import { type CountConnections, waitingTally } from '../domain/connection-counts.ts'
import { ServiceError } from '../domain/service-error.ts'
import { answeredPages } from './dynamodb-call.ts'
import { readReason } from './dynamodb-connection-item.ts'
import { type Item, readMap, text } from './dynamodb-item.ts'
import { STATUS_INDEX } from './table-schema.ts'

/** A million connections are some 60 MB of index: 60 answers, and 7,000 read units, a tenth of a cent. */
export function dynamodbConnectionCounts(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): CountConnections {
  /** Counts all of a status; of those alone that have a reason more is read than their number. */
  const countOf = async (status: ConnectionStatus, tell: (withReason: Item) => void) => {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: STATUS_INDEX,
        KeyConditionExpression: '#status = :status',
        FilterExpression: 'attribute_exists(#reason)',
        ProjectionExpression: '#reason',
        ExpressionAttributeNames: { '#status': 'status', '#reason': 'reason' },
        ExpressionAttributeValues: { ':status': text(status) },
      },
    )
    let counted = 0
    for await (const page of answeredPages(pages)) {
      counted += page.ScannedCount ?? 0
      page.Items?.forEach(tell)
    }
    return counted
  }
  return async () => {
    const tally = waitingTally()
    const add = (item: Item) => {
      const reason = reasonIn(item)
      if (reason) tally.add(reason)
    }
    const [pending, connected, reauthorization_required, disconnected] = await Promise.all([
      countOf('pending', () => undefined),
      countOf('connected', add),
      countOf('reauthorization_required', add),
      countOf('disconnected', () => undefined),
    ])
    const counts = { pending, connected, reauthorization_required, disconnected }
    return { counts, waiting: tally.sum() }
  }
}

/** One that a later version wrote keeps nothing from being counted. */
function reasonIn(item: Item) {
  try {
    return readMap(item, 'reason', readReason)
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}
