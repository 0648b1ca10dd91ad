import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../domain/service-error.ts'
import { answered } from './dynamodb-call.ts'
import type { Item } from './dynamodb-item.ts'

/** What to read of which table. */
export type BatchGetRequest = NonNullable<BatchGetItemCommandInput['RequestItems']>

/** How often what DynamoDB left unread is asked for again. */
const ATTEMPTS = 5

/** Reads all items of the request, in no particular order; those that are not there are missing. */
export async function batchGet(
  client: DynamoDBClient,
  request: BatchGetRequest,
): Promise<readonly Item[]> {
  const items: Item[] = []
  let rest = request
  for (let attempts = 0; Object.keys(rest).length > 0; attempts += 1) {
    if (attempts === ATTEMPTS) {
      throw new ServiceError('the store is busy; try again in a moment', {
        code: 'store_unavailable',
      })
    }
    const answer = await answered(client.send(new BatchGetItemCommand({ RequestItems: rest })))
    items.push(...Object.values(answer.Responses ?? {}).flat())
    rest = answer.UnprocessedKeys ?? {}
  }
  return items
}
