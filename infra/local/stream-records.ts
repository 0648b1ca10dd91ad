import { randomBytes } from 'node:crypto'
import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { STATE_WRITE_FILTERS } from '../../functions/adapters/state-write-filters.ts'
import { matchesFilter } from './filter-pattern.ts'

/** An item as DynamoDB sends it. */
export type WireItem = Readonly<Record<string, AttributeValue>>

/** One write, with the item before it and after it; `undefined` is none. */
export interface Write {
  readonly pk: string
  readonly before: WireItem | undefined
  readonly after: WireItem | undefined
}

/** Hands one event to a function; rejects when it was not dealt with. */
export type Deliver = (event: DynamoDBStreamEvent) => Promise<void>

/** What a stream tells, in the order of the writes. */
export interface StreamRecords {
  add(write: Write): void
  /** From now on records are handed over, those from before first. */
  wake(deliver: Deliver): void
  /** Resolves when all that was added is handed over. */
  settled(): Promise<void>
}

/**
 * Plays the event source mapping of the stack: the same filters, each record by itself and one after the
 * other. What the function does not take is told in a line, and not brought again for six hours.
 */
export function createStreamRecords(log: (line: string) => void): StreamRecords {
  const awake = Promise.withResolvers<Deliver>()
  const nextSequence = sequenceNumbers()
  let delivered: Promise<void> = Promise.resolve()
  const handOver = async (record: DynamoDBRecord): Promise<void> => {
    const deliver = await awake.promise
    await deliver({ Records: [record] }).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      log(`events did not take the change of ${record.dynamodb?.Keys?.pk?.S}: ${why}`)
    })
  }
  return {
    add: (write) => {
      const record = recordOf(write, nextSequence())
      if (!STATE_WRITE_FILTERS.some((filter) => matchesFilter(filter, record))) return
      delivered = delivered.then(() => handOver(record))
    },
    wake: awake.resolve,
    settled: () => delivered,
  }
}

/** Begins with the time, so that a restart goes on above where the last run was. */
function sequenceNumbers(): () => string {
  let last = BigInt(Date.now()) * 1_000_000n
  return () => {
    last += 1n
    return String(last)
  }
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
function recordOf({ pk, before, after }: Write, SequenceNumber: string): DynamoDBRecord {
  return {
    eventID: randomBytes(16).toString('hex'),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
      Keys: { pk: { S: pk } },
      SequenceNumber,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...(before && { OldImage: before }),
      ...(after && { NewImage: after }),
    },
  }
}
