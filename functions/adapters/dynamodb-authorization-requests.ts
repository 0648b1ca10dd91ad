import { randomUUID } from 'node:crypto'
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type {
  AuthorizationRequest,
  AuthorizationRequests,
  ConsumedAuthorizationRequest,
  WantedEnvironment,
} from '../domain/authorization-request.ts'
import { CLOUDS } from '../domain/clouds.ts'
import type { Resource } from '../domain/resource.ts'
import { readOutcome, writeOutcome } from './dynamodb-authorization-outcome.ts'
import { answered, answeredIf } from './dynamodb-call.ts'
import { readAuthority, writeAuthority } from './dynamodb-connection-item.ts'
import {
  type Attributes,
  type Item,
  itemOf,
  number,
  readMap,
  readNumber,
  readOptionalMap,
  readOptionalText,
  readText,
  readTime,
  readWord,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'
import { readTerms, writeTerms } from './dynamodb-sign-in-terms.ts'

const isThisBrowsers = 'browserBinding = :browserBinding'
const isNotConsumed = 'attribute_not_exists(consumedBy)'
const isInTime = 'validUntil > :now'

const CLOUD_NAMES = CLOUDS.map(({ name }) => name)

export function dynamodbAuthorizationRequests(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): AuthorizationRequests {
  const read = async (id: string): Promise<Item | undefined> => {
    const key = { TableName: table, Key: keyOf(id), ConsistentRead: true }
    return (await answered(client.send(new GetItemCommand(key)))).Item
  }

  return {
    create: async (request) => {
      const put = new PutItemCommand({ TableName: table, Item: toItem(request) })
      await answered(client.send(put))
    },

    consume: async (id, browserBinding, now) => {
      const consumer = randomUUID()
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(id),
        UpdateExpression: 'SET consumedBy = :consumer, consumedAt = :now',
        ConditionExpression: [isThisBrowsers, isNotConsumed, isInTime].join(' AND '),
        ExpressionAttributeValues: {
          ':consumer': text(consumer),
          ':browserBinding': text(browserBinding),
          ':now': time(now),
        },
        ReturnValues: 'ALL_NEW',
      })
      const item = (await answeredIf(client.send(command)))?.Attributes
      if (item) return { outcome: 'consumed', request: fromItem(item) }
      return whyNot(await read(id), { browserBinding, consumer })
    },

    complete: async (id, result) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(id),
        UpdateExpression: 'SET #result = :result',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#result': 'result' },
        ExpressionAttributeValues: { ':result': writeOutcome(result) },
      })
      await answeredIf(client.send(command))
    },

    find: async (id, browserBinding) => {
      const item = await read(id)
      if (item === undefined || readText(item, 'browserBinding') !== browserBinding) {
        return undefined
      }
      return { request: fromItem(item), result: readOptionalMap(item, 'result', readOutcome) }
    },
  }
}

function whyNot(
  item: Item | undefined,
  caller: { readonly browserBinding: string; readonly consumer: string },
): ConsumedAuthorizationRequest {
  if (item === undefined || readText(item, 'browserBinding') !== caller.browserBinding) {
    return { outcome: 'unknown' }
  }
  const consumedBy = readOptionalText(item, 'consumedBy')
  if (consumedBy === undefined) return { outcome: 'expired' }
  const request = fromItem(item)
  // Our own write, whose acknowledgement was lost and which the SDK then tried again.
  if (consumedBy === caller.consumer) return { outcome: 'consumed', request }
  return {
    outcome: 'already_consumed',
    request,
    consumedAt: readTime(item, 'consumedAt'),
    result: readOptionalMap(item, 'result', readOutcome),
  }
}

function keyOf(id: string): { readonly pk: AttributeValue } {
  return { pk: text(`authorization-request#${id}`) }
}

function toItem(request: AuthorizationRequest): Record<string, AttributeValue> {
  return itemOf({
    ...keyOf(request.id),
    id: text(request.id),
    browserBinding: text(request.browserBinding),
    connectionId: number(request.connectionId),
    accountId: text(request.accountId),
    signInTokenDigest: text(request.signInTokenDigest),
    ...writeWanted(request.wanted),
    ...writeTerms(request.terms),
    authority: writeAuthority(request.authority),
    targetOrigin: text(request.returnTarget.targetOrigin),
    callbackMessage: text(request.returnTarget.callbackMessage),
    responseMode: text(request.returnTarget.mode),
    language: text(request.language),
    validUntil: time(request.expiresAt),
    expiresAt: timeToLive(request.expiresAt),
  })
}

function fromItem(item: Item): AuthorizationRequest {
  return {
    id: readText(item, 'id'),
    browserBinding: readText(item, 'browserBinding'),
    connectionId: readNumber(item, 'connectionId'),
    accountId: readText(item, 'accountId'),
    signInTokenDigest: readText(item, 'signInTokenDigest'),
    wanted: readWanted(item),
    terms: readTerms(item),
    authority: readMap(item, 'authority', (map) => readAuthority(map)),
    returnTarget: {
      targetOrigin: readText(item, 'targetOrigin'),
      callbackMessage: readOptionalText(item, 'callbackMessage'),
      mode: readWord(item, 'responseMode', ['redirect', 'message'] as const),
    },
    language: readOptionalText(item, 'language'),
    expiresAt: readTime(item, 'validUntil'),
  }
}

function writeWanted(wanted: WantedEnvironment): Attributes {
  return wanted.kind === 'to_find'
    ? { wanted: text(wanted.kind), cloud: text(wanted.cloud) }
    : { wanted: text(wanted.kind), resource: text(wanted.resource) }
}

function readWanted(item: Item): WantedEnvironment {
  const kind = readWord(item, 'wanted', ['known', 'typed', 'to_find'] as const)
  return kind === 'to_find'
    ? { kind, cloud: readWord(item, 'cloud', CLOUD_NAMES) }
    : { kind, resource: readText(item, 'resource') as Resource }
}
