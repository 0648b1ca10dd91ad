import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  type AppCredentialChange,
  type ConnectionChange,
  type ConnectionHistory,
  KEPT_EVENTS,
  KEPT_MS,
  newestFirst,
  type PastAppEvent,
  type PastEvent,
} from '../domain/connection-history.ts'
import type { StateEvent } from '../domain/event-publisher.ts'
import { EVERY_WHO } from '../domain/reason.ts'
import { situationNamed } from '../domain/situations.ts'
import { answered } from './dynamodb-call.ts'
import {
  type Item,
  map,
  readOptionalMap,
  readOptionalText,
  readText,
  readTime,
  readWord,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'

const KEY_PREFIX = 'history#'
const APP_KEY = `${KEY_PREFIX}app`

/** Every other attribute of an item is an event, by its sequence number. */
const isSequence = (name: string) => /^\d+$/.test(name)

const CONNECTION_CHANGES = [
  'connected',
  'reauthorization_required',
  'blocked',
  'restored',
  'disconnected',
  'deleted',
] as const satisfies ConnectionChange[]
const APP_CHANGES = [
  'app_credential_rejected',
  'app_credential_restored',
] as const satisfies AppCredentialChange[]

/** What makes an event out of its attribute. */
type Reader<E> = (sequence: string, stored: Item) => E

/** @param options the table of sign-ins: what is kept in it expires, and is in no stream */
export function dynamodbConnectionHistory(
  client: DynamoDBClient,
  { table: TableName }: { readonly table: string },
): ConnectionHistory {
  const keepOf = async (pk: string, events: readonly StateEvent[]): Promise<void> => {
    const Key = { pk: text(pk) }
    const add = { TableName, Key, ...additionOf(events), ReturnValues: 'ALL_NEW' as const }
    const { Attributes: stored = {} } = await answered(client.send(new UpdateItemCommand(add)))
    const tooMany = positionsIn(stored).toSorted(newestFirst).slice(KEPT_EVENTS)
    if (tooMany.length === 0) return
    const prune = { TableName, Key, ...removalOf(tooMany.map(({ sequence }) => sequence)) }
    await answered(client.send(new UpdateItemCommand(prune)))
  }
  const readOf = async <E extends PastEvent | PastAppEvent>(pk: string, read: Reader<E>) => {
    const get = new GetItemCommand({ TableName, Key: { pk: text(pk) } })
    const { Item: stored = {} } = await answered(client.send(get))
    return eventsIn(stored, read).toSorted(newestFirst).slice(0, KEPT_EVENTS)
  }
  return {
    keep: async (events) => {
      const byKey = Map.groupBy(events, keyOf)
      // All are waited for: a function is frozen once it has answered.
      const kept = await Promise.allSettled([...byKey].map(([pk, own]) => keepOf(pk, own)))
      const failed = kept.find(({ status }) => status === 'rejected')
      if (failed?.status === 'rejected') throw failed.reason
    },
    read: (connectionId) => readOf(`${KEY_PREFIX}${connectionId}`, pastEventOf),
    readApp: () => readOf(APP_KEY, pastAppEventOf),
  }
}

function keyOf({ what }: StateEvent): string {
  return 'connection' in what ? `${KEY_PREFIX}${what.connection.id}` : APP_KEY
}

/** Each event is an attribute of its own, so that one which comes again is written over itself. */
function additionOf(events: readonly StateEvent[]) {
  const latest = Math.max(...events.map(({ at }) => at.getTime()))
  const sets = events.map((_, index) => `#e${index} = :e${index}`)
  return {
    UpdateExpression: `SET expiresAt = :expiresAt, ${sets.join(', ')}`,
    ExpressionAttributeNames: namesOf(events.map(({ sequence }) => sequence)),
    ExpressionAttributeValues: {
      ...Object.fromEntries(events.map((event, index) => [`:e${index}`, storedOf(event)])),
      ':expiresAt': timeToLive(new Date(latest + KEPT_MS)),
    },
  }
}

function removalOf(sequences: readonly string[]) {
  return {
    UpdateExpression: `REMOVE ${sequences.map((_, index) => `#e${index}`).join(', ')}`,
    ExpressionAttributeNames: namesOf(sequences),
  }
}

function namesOf(sequences: readonly string[]): Record<string, string> {
  return Object.fromEntries(sequences.map((sequence, index) => [`#e${index}`, sequence]))
}

function storedOf({ id, at, what }: StateEvent): AttributeValue {
  const reason = 'reason' in what ? what.reason : undefined
  return map({
    id: text(id),
    at: time(at),
    change: text(what.change),
    code: 'code' in what ? text(what.code) : undefined,
    reason:
      reason &&
      map({ code: text(reason.code), who: text(reason.who), situation: text(reason.situation) }),
  })
}

function eventsIn<E>(item: Item, read: Reader<E>): E[] {
  return Object.keys(item)
    .filter(isSequence)
    .flatMap(
      (sequence) => readOptionalMap(item, sequence, (stored) => [read(sequence, stored)]) ?? [],
    )
}

const positionsIn = (item: Item) =>
  eventsIn(item, (sequence, stored) => ({ sequence, at: readTime(stored, 'at') }))

function pastEventOf(sequence: string, stored: Item): PastEvent {
  return {
    id: readText(stored, 'id'),
    sequence,
    at: readTime(stored, 'at'),
    change: readWord(stored, 'change', CONNECTION_CHANGES),
    reason: readOptionalMap(stored, 'reason', (reason) => ({
      code: readText(reason, 'code'),
      who: readWord(reason, 'who', EVERY_WHO),
      situation: situationNamed(readText(reason, 'situation')),
    })),
  }
}

function pastAppEventOf(sequence: string, stored: Item): PastAppEvent {
  return {
    id: readText(stored, 'id'),
    sequence,
    at: readTime(stored, 'at'),
    change: readWord(stored, 'change', APP_CHANGES),
    code: readOptionalText(stored, 'code'),
  }
}
