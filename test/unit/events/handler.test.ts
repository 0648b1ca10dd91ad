import type { DynamoDBRecord } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { dynamodbToldWrite } from '../../../functions/adapters/dynamodb-told-write.ts'
import { eventbridgeEventPublisher } from '../../../functions/adapters/eventbridge-event-publisher.ts'
import type { EventCounts } from '../../../functions/events/event-metrics.ts'
import { eventsHandler } from '../../../functions/events/handler.ts'
import { memoryConnectionHistory } from '../../fakes/memory-connection-history.ts'
import { streamRecord } from '../../support/stream-record.ts'
import {
  eventbridgeServer,
  type PutEventsAnswer,
  type ReceivedEntry,
} from '../adapters/eventbridge-server.ts'
import { lambdaContext } from '../support/http-event.ts'
import { recordingLog } from '../support/recording-log.ts'

let sequence = 0

type Status = 'pending' | 'connected' | 'disconnected'

const item = (id: number, status: string) => ({
  pk: { S: `connection#${id}` },
  connectionId: { N: String(id) },
  accountId: { S: 'acme' },
  status: { S: status },
  format: { N: '1' },
  claims: { S: 'canary of the claims' },
})

/** A write to one connection, after all before it. */
function aWrite(id: number, from: Status, to: string): DynamoDBRecord {
  sequence += 1
  return streamRecord({ before: item(id, from), after: item(id, to), sequence })
}

const connects = (id: number) => aWrite(id, 'pending', 'connected')
const disconnects = (id: number) => aWrite(id, 'connected', 'disconnected')
const renews = (id: number) => aWrite(id, 'connected', 'connected')
const isBroken = (id: number) => aWrite(id, 'connected', 'hibernating')

async function scene(...planned: readonly PutEventsAnswer[]) {
  const bridge = await eventbridgeServer(...planned)
  const log = recordingLog()
  const counted: EventCounts[] = []
  const publisher = eventbridgeEventPublisher(bridge.client, {
    bus: 'the-bus',
    wait: async () => undefined,
  })
  const history = memoryConnectionHistory()
  const metrics = { count: (counts: EventCounts) => void counted.push(counts) }
  const readRecord = dynamodbToldWrite
  const handler = eventsHandler({ readRecord, history, publisher, log, metrics })
  return {
    ...bridge,
    history,
    log,
    counted,
    handle: (records: readonly DynamoDBRecord[], remainingMs = 60_000) =>
      handler({ Records: [...records] }, lambdaContext(remainingMs)),
  }
}

const told = (entries: readonly ReceivedEntry[]) =>
  entries.map(({ DetailType, Detail }) => [DetailType, JSON.parse(Detail).connectionId])

const failing = (connectionId: number) => (entries: readonly ReceivedEntry[]) =>
  entries.map(({ Detail }) =>
    JSON.parse(Detail).connectionId === connectionId ? 'InternalFailure' : undefined,
  )

const goingOnAt = (record: DynamoDBRecord | undefined) => ({
  batchItemFailures: [{ itemIdentifier: record?.dynamodb?.SequenceNumber }],
})

const ALL_DONE = { batchItemFailures: [] }

describe('a batch of writes', () => {
  test('is published in its order, but for what changed nothing', async () => {
    const { handle, accepted, counted } = await scene()
    expect(await handle([connects(1), renews(1), connects(2), disconnects(1)])).toEqual(ALL_DONE)
    expect(told(accepted)).toEqual([
      ['Connection Connected', 1],
      ['Connection Connected', 2],
      ['Connection Disconnected', 1],
    ])
    expect(counted).toEqual([{ published: 3, deferred: 0, unreadable: 0 }])
  })

  test('that changed nothing asks nothing of EventBridge', async () => {
    const { handle, calls } = await scene()
    expect(await handle([renews(1), renews(2)])).toEqual(ALL_DONE)
    expect(calls).toEqual([])
  })

  test('is logged event by event, with the ids that find it again', async () => {
    const { handle, log } = await scene()
    const record = connects(42)
    await handle([record])
    const requestId = lambdaContext().awsRequestId
    const fields = { requestId, eventId: record.eventID, connectionId: 42, change: 'connected' }
    expect(log.lines).toEqual([{ kind: 'event', name: 'event_published', fields }])
  })
})

describe('what EventBridge does not accept', () => {
  test('comes again, and nothing overtakes it', async () => {
    const { handle, accepted, log, counted } = await scene(failing(2), failing(2), failing(2))
    const records = [connects(1), renews(9), connects(2), disconnects(2), connects(3)]
    expect(await handle(records)).toEqual(goingOnAt(records[2]))
    expect(told(accepted)).toEqual([['Connection Connected', 1]])
    expect(counted).toEqual([{ published: 1, deferred: 3, unreadable: 0 }])
    expect(log.lines.at(-1)).toMatchObject({
      name: 'events_deferred',
      fields: { eventId: records[2]?.eventID, reason: 'InternalFailure' },
    })
  })

  test('is told with the same id and sequence when it comes again', async () => {
    const { handle, calls } = await scene(failing(1), failing(1), failing(1))
    const record = connects(1)
    await handle([record])
    await handle([record])
    const details = new Set(calls.flat().map(({ Detail }) => Detail))
    expect([calls.length, details.size]).toEqual([4, 1])
  })

  test('for want of time comes again', async () => {
    const { handle, calls } = await scene()
    const records = [connects(1), connects(2)]
    expect(await handle(records, 2000)).toEqual(goingOnAt(records[0]))
    expect(calls).toEqual([])
  })
})

describe('what became of a connection', () => {
  test('is kept by the names that it was published under', async () => {
    const { handle, history, accepted } = await scene()
    const record = connects(1)
    await handle([record, renews(1), disconnects(2)])
    const [kept, ...others] = await history.read(1)
    expect(kept).toMatchObject({ id: record.eventID, change: 'connected', reason: undefined })
    expect(JSON.parse(accepted[0]?.Detail ?? '')).toMatchObject({ id: kept?.id })
    expect(others).toEqual([])
    expect(await history.read(2)).toMatchObject([{ change: 'disconnected' }])
  })

  test('is kept before it is published, and once when it has to be published again', async () => {
    const { handle, history } = await scene(failing(1), failing(1), failing(1))
    const record = connects(1)
    expect(await handle([record])).toEqual(goingOnAt(record))
    expect(await history.read(1)).toMatchObject([{ change: 'connected' }])
    expect(await handle([record])).toEqual(ALL_DONE)
    expect(await history.read(1)).toHaveLength(1)
  })

  test('is not published when it cannot be kept, and comes again with all behind it', async () => {
    const { handle, history, accepted, calls, log, counted } = await scene()
    const error = new Error('the store is away')
    history.breakWith(error)
    const records = [renews(9), connects(1), connects(2), disconnects(1)]
    expect(await handle(records)).toEqual(goingOnAt(records[1]))
    expect(calls).toEqual([])
    expect(counted).toEqual([{ published: 0, deferred: 3, unreadable: 0 }])
    expect(log.lines[0]).toMatchObject({
      kind: 'failure',
      name: 'history_not_kept',
      error,
      fields: { eventId: records[1]?.eventID },
    })
    history.breakWith(undefined)
    expect(await handle(records.slice(1))).toEqual(ALL_DONE)
    expect(told(accepted)).toEqual([
      ['Connection Connected', 1],
      ['Connection Connected', 2],
      ['Connection Disconnected', 1],
    ])
    expect(await history.read(1)).toHaveLength(2)
  })
})

describe('a record that cannot be read', () => {
  test('is named in the log, counted, and keeps nobody waiting', async () => {
    const { handle, accepted, log, counted } = await scene()
    const broken = isBroken(1)
    expect(await handle([broken, connects(2)])).toEqual(ALL_DONE)
    expect(told(accepted)).toEqual([['Connection Connected', 2]])
    expect(counted).toEqual([{ published: 1, deferred: 0, unreadable: 1 }])
    expect(log.lines[0]).toMatchObject({
      kind: 'failure',
      name: 'event_unreadable',
      error: { code: 'item_malformed', evidence: { attribute: 'status' } },
      fields: { eventId: broken.eventID },
    })
    expect(JSON.stringify(log.lines)).not.toContain('canary')
  })
})
