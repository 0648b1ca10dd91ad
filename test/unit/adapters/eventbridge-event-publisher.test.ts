import { describe, expect, test } from 'vitest'
import { eventbridgeEventPublisher } from '../../../functions/adapters/eventbridge-event-publisher.ts'
import type { StateEvent } from '../../../functions/domain/event-publisher.ts'
import type { ConnectionState } from '../../../functions/domain/state-change.ts'
import { at } from '../../fakes/hand-clock.ts'
import { problemsOf } from '../../support/state-event-schema.ts'
import type { Answer } from '../support/tiny-server.ts'
import {
  eventbridgeServer,
  type PutEventsAnswer,
  type ReceivedEntry,
  receivedOf,
} from './eventbridge-server.ts'

const IN_TIME = AbortSignal.timeout(2 ** 31 - 1)

let position = 0

/** Something that happened to a connection, after all before it. */
function anEvent(connectionId: number, state: Partial<ConnectionState> = {}): StateEvent {
  position += 1
  const connection = {
    id: connectionId,
    accountId: 'acme',
    status: 'connected',
    reason: undefined,
    ...state,
  } as const
  const what = { change: 'connected', connection } as const
  return { id: `event-${position}`, sequence: String(position), at: at(0), what }
}

const anAppEvent = (): StateEvent => ({
  ...anEvent(0),
  what: { change: 'app_credential_rejected', code: 'AADSTS7000222' },
})

const eventsOf = (...connectionIds: readonly number[]) => connectionIds.map((id) => anEvent(id))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

async function scene(...planned: readonly PutEventsAnswer[]) {
  const bridge = await eventbridgeServer(...planned)
  const waits: number[] = []
  const wait = async (milliseconds: number) => void waits.push(milliseconds)
  const publisher = eventbridgeEventPublisher(bridge.client, { bus: 'the-bus', wait })
  return {
    ...bridge,
    waits,
    publish: (events: readonly StateEvent[], signal = IN_TIME) => publisher.publish(events, signal),
    idsOf: (entries: readonly ReceivedEntry[]) =>
      entries.map(({ Detail }) => JSON.parse(Detail).id),
  }
}

const refusing = (connectionId: number, code: string) => (entries: readonly ReceivedEntry[]) =>
  entries.map(({ Detail }) => (JSON.parse(Detail).connectionId === connectionId ? code : undefined))

const everything = { accepted: expect.any(Number), problem: undefined }

describe('publishing', () => {
  test('puts an event on the bus, as the schema has it', async () => {
    const { publish, calls, received } = await scene()
    expect(await publish([anEvent(42)])).toEqual({ accepted: 1, problem: undefined })
    expect(received[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents')
    const [entry] = calls.flat()
    expect(entry).toMatchObject({ EventBusName: 'the-bus', Time: at(0).getTime() / 1000 })
    expect(entry && problemsOf(receivedOf(entry))).toEqual([])
  })

  test('asks nothing of EventBridge when there is nothing', async () => {
    const { publish, calls } = await scene()
    expect(await publish([])).toEqual({ accepted: 0, problem: undefined })
    expect(calls).toEqual([])
  })

  test('puts ten into a call, as EventBridge takes no more', async () => {
    const { publish, calls, accepted, idsOf } = await scene()
    const events = eventsOf(...upTo(23))
    expect(await publish(events)).toEqual({ accepted: 23, problem: undefined })
    expect(calls.map((call) => call.length)).toEqual([10, 10, 3])
    expect(idsOf(accepted)).toEqual(events.map(({ id }) => id))
  })

  test('puts no two events about one connection into a call', async () => {
    const { publish, calls } = await scene()
    await publish([...eventsOf(1, 2, 1, 1, 3), anAppEvent(), anEvent(4), anAppEvent()])
    const subjects = calls.map((call) => call.map(({ Detail }) => JSON.parse(Detail).connectionId))
    expect(subjects).toEqual([[1, 2], [1], [1, 3, undefined, 4], [undefined]])
  })

  test('ten of the longest events are far from the size of a call', async () => {
    const { publish, calls } = await scene()
    const longest = {
      accountId: '"'.repeat(128),
      status: 'reauthorization_required',
      reason: {
        code: 'x'.repeat(64),
        who: 'application_owner',
        situation: 'federated_credential_mismatch',
        at: at(0),
      },
    } as const
    const events = upTo(10).map((id) => anEvent(2 ** 31 - 1 - id, longest))
    await publish(events)
    expect(JSON.stringify(calls).length).toBeLessThan(16 * 1024)
  })
})

describe('what EventBridge does not accept', () => {
  test('is put again by itself, and those after it wait for it', async () => {
    const throttled = refusing(2, 'ThrottlingException')
    const { publish, calls, accepted, waits, idsOf } = await scene(throttled, throttled)
    const events = eventsOf(1, 2, 3, 2)
    expect(await publish(events)).toEqual({ accepted: 4, problem: undefined })
    const [first, second, third, fourth] = events.map(({ id }) => id)
    expect(calls.map(idsOf)).toEqual([[first, second, third], [second], [second], [fourth]])
    expect(idsOf(accepted)).toEqual([first, third, second, fourth])
    expect(waits).toEqual([100, 400])
  })

  test('ends it after three tries, before anything later is sent', async () => {
    const failing = refusing(2, 'InternalFailure')
    const { publish, calls } = await scene(failing, failing, failing)
    const events = eventsOf(1, 2, 3, 2, 4)
    expect(await publish(events)).toEqual({ accepted: 1, problem: 'InternalFailure' })
    expect(calls.map((call) => call.length)).toEqual([3, 1, 1])
  })

  test('counts from the first, though later ones were accepted', async () => {
    const failing = refusing(1, 'InternalFailure')
    const { publish } = await scene(() => [], failing, failing, failing)
    const events = eventsOf(...upTo(10), 5, 1, 7)
    expect(await publish(events)).toEqual({ accepted: 11, problem: 'InternalFailure' })
  })
})

describe('a call that fails', () => {
  const error = (type: string) => ({ 'x-amzn-errortype': type })

  test.each<[what: string, answer: Answer]>([
    ['throttled', { status: 400, headers: error('ThrottlingException') }],
    ['an internal error', { status: 500, headers: error('InternalException') }],
    ['unavailable, with HTML', { status: 503, body: '<html>canary</html>' }],
  ])('once, %s, is made again', async (_, answer) => {
    const { publish, calls } = await scene(answer)
    expect(await publish(eventsOf(1, 2))).toEqual({ ...everything, accepted: 2 })
    expect(calls.map((call) => call.length)).toEqual([2, 2])
  })

  test.each<[what: string, answer: Answer, problem: string]>([
    ['throttled', { status: 400, headers: error('ThrottlingException') }, 'ThrottlingException'],
    [
      'an internal error',
      { status: 500, headers: error('InternalException') },
      'InternalException',
    ],
    [
      'forbidden',
      { status: 400, headers: error('AccessDeniedException') },
      'AccessDeniedException',
    ],
  ])('each time, %s, ends it with what was accepted before', async (_, answer, problem) => {
    const { publish } = await scene(() => [], answer, answer, answer)
    expect(await publish(eventsOf(...upTo(12)))).toEqual({ accepted: 10, problem })
  })

  test.each<[what: string, body: string]>([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['fewer results than entries', '{"FailedEntryCount":0,"Entries":[]}'],
    ['results without an id', '{"FailedEntryCount":0,"Entries":[{},{}]}'],
  ])('with success and %s has accepted nothing', async (_, body) => {
    const { publish } = await scene({ body }, { body }, { body })
    expect(await publish(eventsOf(1, 2))).toEqual({ accepted: 0, problem: 'no_answer' })
  })

  test('for want of an answer is made again, then given up', async () => {
    const { publish, calls } = await scene('silent', 'silent', 'silent')
    expect(await publish([anEvent(1)])).toEqual({ accepted: 0, problem: 'TimeoutError' })
    expect(calls.length).toBe(3)
  })

  test('is not made when there is no time left', async () => {
    const { publish, calls } = await scene()
    const published = await publish([anEvent(1)], AbortSignal.abort())
    expect(published).toEqual({ accepted: 0, problem: 'AbortError' })
    expect(calls).toEqual([])
  })
})
