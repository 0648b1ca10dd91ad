import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge'
import type { EventPublisher, StateEvent } from '../domain/event-publisher.ts'
import type { Wait } from '../domain/wait.ts'
import { EVENT_SOURCE, stateEventJson } from './state-event-json.ts'

/** As many as one call takes. Their megabyte is out of reach: ten of the longest are some kilobytes. */
const ENTRIES_IN_A_CALL = 10

/** Waits before what EventBridge did not accept of a call is sent again, in milliseconds. */
const WAITS_MS = [100, 400]

interface EventBus {
  readonly bus: string
  readonly wait: Wait
}

/** Nothing is wrong, or what of a call was not accepted at last: the place of the first, and why. */
type Shortfall = { readonly first: number; readonly problem: string } | undefined

export function eventbridgeEventPublisher(
  client: EventBridgeClient,
  { bus, wait }: EventBus,
): EventPublisher {
  const put = async (entries: readonly PutEventsRequestEntry[], abortSignal: AbortSignal) => {
    const command = new PutEventsCommand({ Entries: [...entries] })
    const { Entries = [] } = await client.send(command, { abortSignal })
    return Entries
  }
  return {
    publish: async (events, signal) => {
      let accepted = 0
      for (const call of callsFor(events)) {
        const entries = call.map((event) => entryOf(event, bus))
        const shortfall = await putStubbornly({ put, wait, signal }, entries)
        if (shortfall) return { accepted: accepted + shortfall.first, problem: shortfall.problem }
        accepted += call.length
      }
      return { accepted, problem: undefined }
    },
  }
}

/** A call may be accepted in part, so that no two of its events are about the same connection. */
function callsFor(events: readonly StateEvent[]): readonly (readonly StateEvent[])[] {
  const calls: StateEvent[][] = []
  let subjects = new Set<number | undefined>()
  for (const event of events) {
    const subject = subjectOf(event)
    const call = calls.at(-1)
    if (call === undefined || call.length === ENTRIES_IN_A_CALL || subjects.has(subject)) {
      calls.push([event])
      subjects = new Set([subject])
    } else {
      call.push(event)
      subjects.add(subject)
    }
  }
  return calls
}

/** `undefined` is the app credential, of which there is one. */
function subjectOf({ what }: StateEvent): number | undefined {
  return 'connection' in what ? what.connection.id : undefined
}

function entryOf(event: StateEvent, EventBusName: string): PutEventsRequestEntry {
  const { detailType: DetailType, detail: Detail } = stateEventJson(event)
  return { EventBusName, Source: EVENT_SOURCE, DetailType, Detail, Time: event.at }
}

interface Attempt {
  readonly put: (
    entries: readonly PutEventsRequestEntry[],
    abortSignal: AbortSignal,
  ) => Promise<readonly PutEventsResultEntry[]>
  readonly wait: Wait
  readonly signal: AbortSignal
}

async function putStubbornly(
  { put, wait, signal }: Attempt,
  entries: readonly PutEventsRequestEntry[],
): Promise<Shortfall> {
  let left = entries.map((entry, first) => ({ entry, first, problem: '' }))
  const putLeft = async () => {
    const results = await put(
      left.map(({ entry }) => entry),
      signal,
    )
    left = left.flatMap((one, index) => notAccepted(one, results[index]))
  }
  try {
    await putLeft()
    for (const pause of WAITS_MS) {
      if (left.length === 0) return undefined
      await wait(pause)
      await putLeft()
    }
    return left[0]
  } catch (error) {
    const problem = error instanceof Error ? error.name : 'unknown'
    return left[0] && { ...left[0], problem }
  }
}

/** An entry is accepted when EventBridge gave it an id. */
function notAccepted<E>(one: E, result: PutEventsResultEntry | undefined) {
  if (result?.EventId) return []
  return [{ ...one, problem: result?.ErrorCode ?? 'no_answer' }]
}
