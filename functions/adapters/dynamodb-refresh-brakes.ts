import { setImmediate } from 'node:timers/promises'
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  type AppBreaker,
  PROBE_INTERVAL_MS,
  type ReadAppBreaker,
  type RefreshBrakes,
} from '../domain/refresh-brakes.ts'
import { answered, answeredIf } from './dynamodb-call.ts'
import { type Item, readText, readTime, text, time, timeToLive } from './dynamodb-item.ts'
import { gatheringItemReader, type ReadItem } from './dynamodb-item-reader.ts'
import { APP_BREAKER_KEY } from './table-schema.ts'

const APP_BREAKER = { pk: text(APP_BREAKER_KEY) } as const
const tenantKey = (tenantId: string) => ({ pk: text(`brake#tenant#${tenantId}`) })

const isNotHeldLonger = '(attribute_not_exists(heldUntil) OR heldUntil < :until)'
const isClosed = 'attribute_not_exists(pk)'
const isOpen = 'attribute_exists(pk)'
const isTimeForAProbe = 'nextProbeAt <= :now'

export interface RefreshBrakesOptions {
  readonly table: string
  /** How the brakes are read: both in one call where it is not given. */
  readonly readItem?: ReadItem
}

export function dynamodbRefreshBrakes(
  client: DynamoDBClient,
  { table: TableName, readItem = brakeReader(client, TableName) }: RefreshBrakesOptions,
): RefreshBrakes {
  return {
    read: async (tenantId) => {
      const [tenant, app] = await Promise.all([
        readItem(tenantKey(tenantId).pk.S),
        readItem(APP_BREAKER_KEY),
      ])
      return {
        tenantHeldUntil: tenant && readTime(tenant, 'heldUntil'),
        appBreaker: app && appBreakerFromItem(app),
      }
    },

    holdTenant: async (tenantId, until) => {
      const Item = {
        ...tenantKey(tenantId),
        heldUntil: time(until),
        expiresAt: timeToLive(until),
      }
      const ExpressionAttributeValues = { ':until': time(until) }
      const put = { TableName, Item, ConditionExpression: isNotHeldLonger }
      await answeredIf(client.send(new PutItemCommand({ ...put, ExpressionAttributeValues })))
    },

    openAppBreaker: async (code, now) => {
      const Item = {
        ...APP_BREAKER,
        code: text(code),
        openedAt: time(now),
        nextProbeAt: time(nextProbeAfter(now)),
      }
      const put = new PutItemCommand({ TableName, Item, ConditionExpression: isClosed })
      return (await answeredIf(client.send(put))) !== undefined
    },

    takeProbe: async (now) => {
      const command = new UpdateItemCommand({
        TableName,
        Key: APP_BREAKER,
        UpdateExpression: 'SET nextProbeAt = :next',
        ConditionExpression: `${isOpen} AND ${isTimeForAProbe}`,
        ExpressionAttributeValues: { ':now': time(now), ':next': time(nextProbeAfter(now)) },
      })
      return (await answeredIf(client.send(command))) !== undefined
    },

    closeAppBreaker: async () => {
      const gone = { TableName, Key: APP_BREAKER, ConditionExpression: isOpen }
      return (await answeredIf(client.send(new DeleteItemCommand(gone)))) !== undefined
    },
  }
}

/** For whoever looks on, and refreshes nothing. */
export function dynamodbAppBreaker(
  client: DynamoDBClient,
  { table: TableName }: { readonly table: string },
): ReadAppBreaker {
  return async () => {
    const command = new GetItemCommand({ TableName, Key: APP_BREAKER })
    const { Item: item } = await answered(client.send(command))
    return item && appBreakerFromItem(item)
  }
}

/** A hold that was set a moment ago may be missed, as one set a moment later would be. */
function brakeReader(client: DynamoDBClient, table: string): ReadItem {
  const gathering = () => setImmediate()
  return gatheringItemReader(client, { table, isConsistent: false, gathering })
}

function appBreakerFromItem(item: Item): AppBreaker {
  return {
    code: readText(item, 'code'),
    openedAt: readTime(item, 'openedAt'),
    nextProbeAt: readTime(item, 'nextProbeAt'),
  }
}

function nextProbeAfter(now: Date): Date {
  return new Date(now.getTime() + PROBE_INTERVAL_MS)
}
