import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { REFRESH_CLAIM_LIFETIME_MS, type RefreshClaims } from '../domain/refresh-claims.ts'
import { answeredIf } from './dynamodb-call.ts'
import { text, time, timeToLive } from './dynamodb-item.ts'

const nobodyHoldsIt = 'attribute_not_exists(pk)'
const claimHasExpired = 'heldUntil < :now'
/** Our own write, whose acknowledgement was lost and which the SDK then tried again. */
const isOurs = 'holder = :holder'

export function dynamodbRefreshClaims(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): RefreshClaims {
  return {
    claim: async ({ connectionId, generation, holder, now }) => {
      const heldUntil = new Date(now.getTime() + REFRESH_CLAIM_LIFETIME_MS)
      const command = new PutItemCommand({
        TableName: table,
        Item: {
          pk: text(`claim#${connectionId}#${generation}`),
          holder: text(holder),
          heldUntil: time(heldUntil),
          expiresAt: timeToLive(heldUntil),
        },
        ConditionExpression: [nobodyHoldsIt, claimHasExpired, isOurs].join(' OR '),
        ExpressionAttributeValues: { ':now': time(now), ':holder': text(holder) },
      })
      return (await answeredIf(client.send(command))) !== undefined
    },
  }
}
