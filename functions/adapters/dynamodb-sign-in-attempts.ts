import {
  type AttributeValue,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  type AttemptKey,
  attemptsWindowOf,
  endOfWindow,
  type SignInAttempts,
} from '../domain/sign-in-attempts.ts'
import { answered, answeredIf } from './dynamodb-call.ts'
import { number, text, timeToLive } from './dynamodb-item.ts'

const hasAttemptsLeft = 'attribute_not_exists(attempts) OR attempts < :most'

export function dynamodbSignInAttempts(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): SignInAttempts {
  return {
    count: async (keys, now) => {
      const window = attemptsWindowOf(now)
      const counted = keys.map(async (key) => {
        const command = new UpdateItemCommand({
          TableName: table,
          Key: keyOf(key, window),
          UpdateExpression: 'ADD attempts :one SET expiresAt = :end',
          ConditionExpression: hasAttemptsLeft,
          ExpressionAttributeValues: {
            ':one': number(1),
            ':most': number(key.most),
            ':end': timeToLive(endOfWindow(window)),
          },
        })
        return (await answeredIf(client.send(command))) !== undefined
      })
      return (await Promise.all(counted)).every((isCounted) => isCounted)
    },
    takeBack: async (keys, now) => {
      const window = attemptsWindowOf(now)
      const taken = keys.map((key) => {
        const command = new UpdateItemCommand({
          TableName: table,
          Key: keyOf(key, window),
          UpdateExpression: 'ADD attempts :back',
          ConditionExpression: 'attempts > :none',
          ExpressionAttributeValues: { ':back': number(-1), ':none': number(0) },
        })
        return answeredIf(client.send(command))
      })
      await answered(Promise.all(taken))
    },
  }
}

function keyOf({ digest }: AttemptKey, window: number): { readonly pk: AttributeValue } {
  return { pk: text(`console-attempts#${digest}#${window}`) }
}
