import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../domain/service-error.ts'
import { answered } from './dynamodb-call.ts'
import type { Item } from './dynamodb-item.ts'

/** What to read of which table. */
export type BatchGetRequest = NonNullable<BatchGetItemCommandInput['RequestItems']>

/** DynamoDB's own limit for one BatchGetItem. */
export const BATCH_LIMIT = 100

/** How often what DynamoDB left unread is asked for again. */
const ATTEMPTS = 5

/** What one answer had, and which keys it left to a later one. */
export interface BatchGetPart {
  readonly items: readonly Item[]
  readonly unread: readonly Readonly<Record<string, AttributeValue>>[]
}

/** Reads all items of the request, in no particular order; those that are not there are missing. */
export async function batchGet(
  client: DynamoDBClient,
  request: BatchGetRequest,
): Promise<readonly Item[]> {
  const found: Item[] = []
  for await (const { items } of batchGetParts(client, request)) found.push(...items)
  return found
}

/**
 * Reads all items of the request, answer by answer.
 * @throws ServiceError `store_unavailable` when some stay unread.
 */
export async function* batchGetParts(
  client: DynamoDBClient,
  request: BatchGetRequest,
): AsyncGenerator<BatchGetPart> {
  let rest = request
  for (let attempts = 0; Object.keys(rest).length > 0; attempts += 1) {
    if (attempts === ATTEMPTS) {
      throw new ServiceError('the store is busy; try again in a moment', {
        code: 'store_unavailable',
      })
    }
    const answer = await answered(client.send(new BatchGetItemCommand({ RequestItems: rest })))
    rest = answer.UnprocessedKeys ?? {}
    yield {
      items: Object.values(answer.Responses ?? {}).flat(),
      unread: Object.values(rest).flatMap(({ Keys = [] }) => Keys),
    }
  }
}
