import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda'
import type { ConnectionHistory } from '../domain/connection-history.ts'
import {
  type EventPublisher,
  type Published,
  type StateEvent,
  stateEventOf,
  type ToldWrite,
} from '../domain/event-publisher.ts'
import type { EventLog } from '../logger.ts'
import type { EventMetrics } from './event-metrics.ts'

/** Time kept to say how far it came; what is left comes again with the next invocation. */
const TIMEOUT_MARGIN_MS = 2000

export interface EventsHandlerDependencies {
  /** @throws when what was stored is in no form that this version knows. */
  readonly readRecord: (record: DynamoDBRecord) => ToldWrite
  readonly history: Pick<ConnectionHistory, 'keep'>
  readonly publisher: EventPublisher
  readonly log: EventLog
  readonly metrics: EventMetrics
}

/**
 * Keeps the changes of state among the writes of a stream, then publishes them in their order, and
 * answers where to go on: at the first that was not accepted, so that none overtakes it. Lambda brings
 * that one and all behind it again; kept is what was published at least.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function eventsHandler(
  deps: EventsHandlerDependencies,
): (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse> {
  return async ({ Records: records }, context) => {
    const requestId = context.awsRequestId
    const timeLeft = context.getRemainingTimeInMillis() - TIMEOUT_MARGIN_MS
    const read = records.map((record) => readOne(deps, record, requestId))
    const events = read.filter((event) => typeof event === 'object')
    const signal = AbortSignal.timeout(Math.max(timeLeft, 0))
    const { accepted, problem } = await keepAndPublish(deps, events, { requestId, signal })
    for (const event of events.slice(0, accepted)) tell(deps.log, event, requestId)
    const next = events[accepted]
    if (next) deps.log.event('events_deferred', { requestId, eventId: next.id, reason: problem })
    deps.metrics.count({
      published: accepted,
      deferred: events.length - accepted,
      unreadable: read.filter((event) => event === 'unreadable').length,
    })
    return { batchItemFailures: next ? [{ itemIdentifier: next.sequence }] : [] }
  }
}

interface Invocation {
  readonly requestId: string
  readonly signal: AbortSignal
}

/** What cannot be kept is not published either: it would never come again. */
async function keepAndPublish(
  { history, publisher, log }: EventsHandlerDependencies,
  events: readonly StateEvent[],
  { requestId, signal }: Invocation,
): Promise<Published> {
  try {
    await history.keep(events)
  } catch (error) {
    log.failure('history_not_kept', error, { requestId, eventId: events[0]?.id })
    return { accepted: 0, problem: 'history_not_kept' }
  }
  return publisher.publish(events, signal)
}

/** To try an unreadable record again would help nobody, and keep all behind it waiting. */
function readOne(
  { readRecord, log }: EventsHandlerDependencies,
  record: DynamoDBRecord,
  requestId: string,
): StateEvent | 'unreadable' | undefined {
  try {
    return stateEventOf(readRecord(record))
  } catch (error) {
    log.failure('event_unreadable', error, { requestId, eventId: record.eventID })
    return 'unreadable'
  }
}

function tell(log: EventLog, { id: eventId, what }: StateEvent, requestId: string): void {
  const connectionId = 'connection' in what ? what.connection.id : undefined
  log.event('event_published', { requestId, eventId, connectionId, change: what.change })
}
