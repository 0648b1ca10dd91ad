import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Waiting } from '../domain/connection-counts.ts'
import { EVERY_WHO } from '../domain/reason.ts'
import {
  type EndedSweep,
  type HourRecord,
  hourOf,
  hoursRead,
  RECORD_KEPT_MS,
  type ServiceRecord,
  type ShardRecord,
  type TakenCensus,
} from '../domain/service-record.ts'
import { situationNamed } from '../domain/situations.ts'
import { batchGet } from './dynamodb-batch-get.ts'
import { answered } from './dynamodb-call.ts'
import {
  type Item,
  map,
  number,
  readMap,
  readNumber,
  readText,
  readTime,
  readWord,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'

/** Apart from the hours: a write costs a unit for each KB of its item, and sweeps write every minute. */
const CENSUS_KEY = 'census'

/** How the attributes begin that count an outcome, and that tell of a shard. */
const OUTCOME = 'outcome#'
const SHARD = 'shard#'

const keyOf = (hour: Date) => `hour#${hour.toISOString().slice(0, 'yyyy-mm-ddThh'.length)}`

export function dynamodbServiceRecord(
  client: DynamoDBClient,
  { table: TableName }: { readonly table: string },
): ServiceRecord {
  return {
    addSweep: async (sweep) => {
      const Key = { pk: text(keyOf(hourOf(sweep.at))) }
      await answered(client.send(new UpdateItemCommand({ TableName, Key, ...additionOf(sweep) })))
    },
    keepCensus: async (census) => {
      const Key = { pk: text(keyOf(hourOf(census.at))) }
      await Promise.all([
        answered(client.send(new PutItemCommand({ TableName, Item: itemOfCensus(census) }))),
        answered(client.send(new UpdateItemCommand({ TableName, Key, ...countsOf(census) }))),
      ])
    },
    read: async (now) => {
      const hours = hoursRead(now)
      const Keys = [CENSUS_KEY, ...hours.map(keyOf)].map((pk) => ({ pk: text(pk) }))
      const items = await batchGet(client, { [TableName]: { Keys } })
      const found = new Map(items.map((item) => [item.pk?.S, item]))
      const census = found.get(CENSUS_KEY)
      return {
        hours: hours.flatMap((hour) => {
          const item = found.get(keyOf(hour))
          return item ? [hourFromItem(hour, item)] : []
        }),
        census: census && censusFromItem(census),
      }
    },
  }
}

/** One attribute for each outcome and shard, so that shards which end together lose nothing. */
function additionOf({ shard, at, outcomes, oldestDueMs }: EndedSweep) {
  const counted = Object.entries(outcomes)
  const adds = counted.map((_, index) => `#o${index} :o${index}`)
  const names = counted.map(([outcome], index) => [`#o${index}`, `${OUTCOME}${outcome}`])
  const values = counted.map(([, count], index) => [`:o${index}`, number(count)])
  const add = adds.length > 0 ? ` ADD ${adds.join(', ')}` : ''
  return {
    UpdateExpression: `SET expiresAt = :expiresAt, #shard = :shard${add}`,
    ExpressionAttributeNames: { ...Object.fromEntries(names), '#shard': `${SHARD}${shard}` },
    ExpressionAttributeValues: {
      ...Object.fromEntries(values),
      ':shard': map({ at: time(at), due: number(oldestDueMs) }),
      ':expiresAt': expiryOf(at),
    },
  }
}

/** Beside what the sweeps of its hour add. */
function countsOf({ at, counts }: TakenCensus) {
  return {
    UpdateExpression: 'SET expiresAt = :expiresAt, #counts = :counts',
    ExpressionAttributeNames: { '#counts': 'counts' },
    ExpressionAttributeValues: { ':counts': storedCounts(counts), ':expiresAt': expiryOf(at) },
  }
}

function expiryOf(at: Date): AttributeValue {
  return timeToLive(new Date(hourOf(at).getTime() + RECORD_KEPT_MS))
}

function hourFromItem(hour: Date, item: Item): HourRecord {
  const named = (prefix: string) => Object.keys(item).filter((name) => name.startsWith(prefix))
  const outcomes = named(OUTCOME).map((name) => [
    name.slice(OUTCOME.length),
    readNumber(item, name),
  ])
  const shards = named(SHARD).map((name) => {
    const shard = Number(name.slice(SHARD.length))
    return readMap(item, name, (stored) => shardFrom(shard, stored))
  })
  return {
    hour,
    outcomes: Object.fromEntries(outcomes),
    shards: shards.toSorted((one, other) => one.shard - other.shard),
    counts: item.counts && readMap(item, 'counts', countsFrom),
  }
}

function shardFrom(shard: number, stored: Item): ShardRecord {
  return { shard, sweptAt: readTime(stored, 'at'), oldestDueMs: readNumber(stored, 'due') }
}

function itemOfCensus({ at, counts, waiting }: TakenCensus): Record<string, AttributeValue> {
  return {
    pk: text(CENSUS_KEY),
    at: time(at),
    counts: storedCounts(counts),
    waiting: { L: waiting.map(storedWaiting) },
    expiresAt: timeToLive(new Date(at.getTime() + RECORD_KEPT_MS)),
  }
}

function censusFromItem(item: Item): TakenCensus {
  return {
    at: readTime(item, 'at'),
    counts: readMap(item, 'counts', countsFrom),
    waiting: (item.waiting?.L ?? []).flatMap(({ M: stored }) =>
      stored ? [waitingFrom(stored)] : [],
    ),
  }
}

function storedCounts(counts: TakenCensus['counts']): AttributeValue {
  return map({
    pending: number(counts.pending),
    connected: number(counts.connected),
    reauthorization_required: number(counts.reauthorization_required),
    disconnected: number(counts.disconnected),
  })
}

function countsFrom(stored: Item): TakenCensus['counts'] {
  return {
    pending: readNumber(stored, 'pending'),
    connected: readNumber(stored, 'connected'),
    reauthorization_required: readNumber(stored, 'reauthorization_required'),
    disconnected: readNumber(stored, 'disconnected'),
  }
}

function storedWaiting({ code, who, situation, connections }: Waiting): AttributeValue {
  return map({
    code: text(code),
    who: text(who),
    situation: text(situation),
    connections: number(connections),
  })
}

function waitingFrom(stored: Item): Waiting {
  return {
    code: readText(stored, 'code'),
    who: readWord(stored, 'who', EVERY_WHO),
    situation: situationNamed(readText(stored, 'situation')),
    connections: readNumber(stored, 'connections'),
  }
}
