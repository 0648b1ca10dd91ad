import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { MOST_STARTS, type SignInToken, type SignInTokens } from '../domain/sign-in-token.ts'
import { answered, answeredIf } from './dynamodb-call.ts'
import {
  flag,
  type Item,
  itemOf,
  number,
  readFlag,
  readOptionalText,
  readText,
  readTime,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'
import { readTerms, writeTerms } from './dynamodb-sign-in-terms.ts'

const isStillThere = 'attribute_exists(pk)'
const hasStartsLeft = '(attribute_not_exists(starts) OR starts < :most)'
const isUnspentOrSpentByThis = '(attribute_not_exists(spentBy) OR spentBy = :spender)'

/** The key of a sign-in token's item. */
export function signInTokenKey(digest: string): { readonly pk: AttributeValue } {
  return { pk: text(`sign-in-token#${digest}`) }
}

export function signInTokenFromItem(item: Item): SignInToken {
  return {
    digest: readText(item, 'digest'),
    accountId: readText(item, 'accountId'),
    username: readText(item, 'username'),
    expiresAt: readTime(item, 'validUntil'),
    isMailed: readFlag(item, 'isMailed'),
    terms: readTerms(item),
    spentBy: readOptionalText(item, 'spentBy'),
  }
}

export function dynamodbSignInTokens(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): SignInTokens {
  return {
    create: async (token) => {
      const item = itemOf({
        ...signInTokenKey(token.digest),
        digest: text(token.digest),
        accountId: text(token.accountId),
        username: text(token.username),
        validUntil: time(token.expiresAt),
        isMailed: flag(token.isMailed),
        ...writeTerms(token.terms),
        spentBy: text(token.spentBy),
        expiresAt: timeToLive(outlivingTheSignIn(token.expiresAt)),
      })
      await answered(client.send(new PutItemCommand({ TableName: table, Item: item })))
    },

    countStart: async (digest) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: signInTokenKey(digest),
        UpdateExpression: 'ADD starts :one',
        ConditionExpression: `${isStillThere} AND ${hasStartsLeft}`,
        ExpressionAttributeValues: { ':one': number(1), ':most': number(MOST_STARTS) },
      })
      return (await answeredIf(client.send(command))) !== undefined
    },

    spend: async (digest, authorizationRequestId) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: signInTokenKey(digest),
        UpdateExpression: 'SET spentBy = :spender',
        ConditionExpression: `${isStillThere} AND ${isUnspentOrSpentByThis}`,
        ExpressionAttributeValues: { ':spender': text(authorizationRequestId) },
      })
      return (await answeredIf(client.send(command))) !== undefined
    },

    restore: async (digest, authorizationRequestId) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: signInTokenKey(digest),
        UpdateExpression: 'REMOVE spentBy',
        ConditionExpression: 'spentBy = :spender',
        ExpressionAttributeValues: { ':spender': text(authorizationRequestId) },
      })
      await answeredIf(client.send(command))
    },
  }
}

/** Whoever began in time may finish: the item stays for as long as a sign-in may take, and a day more. */
function outlivingTheSignIn(expiresAt: Date): Date {
  return new Date(expiresAt.getTime() + 24 * 60 * 60 * 1000)
}
