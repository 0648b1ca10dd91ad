import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb'
import type { Revocation, Revocations } from '../domain/revocations.ts'
import { answered, answeredPages } from './dynamodb-call.ts'
import {
  type Item,
  itemOf,
  number,
  readNumber,
  readText,
  readTime,
  readWord,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'

const KEY_PREFIX = 'revoked#'

/** DynamoDB restores a table to any second of the last 35 days. */
const KEPT_MS = 36 * 24 * 60 * 60 * 1000

const WHAT = ['disconnected', 'deleted'] as const

/** @param options the table of sign-ins, which a restore of the connections leaves as it is */
export function dynamodbRevocations(
  client: DynamoDBClient,
  { table: TableName }: { readonly table: string },
): Revocations {
  return {
    remember: async (revocation) => {
      await answered(client.send(new PutItemCommand({ TableName, Item: toItem(revocation) })))
    },
    all: async function* () {
      const scan = {
        TableName,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': text(KEY_PREFIX) },
      }
      for await (const page of answeredPages(paginateScan({ client }, scan))) {
        for (const item of page.Items ?? []) yield fromItem(item)
      }
    },
  }
}

function toItem({ connectionId, accountId, what, at }: Revocation): Record<string, AttributeValue> {
  return itemOf({
    pk: text(`${KEY_PREFIX}${connectionId}`),
    connectionId: number(connectionId),
    accountId: text(accountId),
    what: text(what),
    revokedAt: time(at),
    expiresAt: timeToLive(new Date(at.getTime() + KEPT_MS)),
  })
}

function fromItem(item: Item): Revocation {
  return {
    connectionId: readNumber(item, 'connectionId'),
    accountId: readText(item, 'accountId'),
    what: readWord(item, 'what', WHAT),
    at: readTime(item, 'revokedAt'),
  }
}
