import { createHash } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'

type StoredItem = Readonly<Record<string, AttributeValue>>

/** One write: the item before it and after it, as the SDK has them. */
export interface StoredWrite {
  readonly before: StoredItem | undefined
  readonly after: StoredItem | undefined
  /** Grows from write to write. */
  readonly sequence?: number | bigint
  readonly at?: Date
}

/** What Lambda hands to a function of a write to a table with a stream of both images. */
export function streamRecord({
  before,
  after,
  sequence = 111n,
  at = new Date('2096-03-01T12:00:00Z'),
}: StoredWrite): DynamoDBRecord {
  const stored = {
    ApproximateCreationDateTime: at.getTime() / 1000,
    Keys: { pk: (after ?? before)?.pk ?? { S: '' } },
    SequenceNumber: String(sequence),
    SizeBytes: 4096,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    ...(before && { OldImage: before }),
    ...(after && { NewImage: after }),
  }
  return {
    eventID: createHash('md5').update(String(sequence)).digest('hex'),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: overTheWire(stored),
  } as DynamoDBRecord
}

/** As JSON has it: binary values in base64. */
export function overTheWire(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(overTheWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, overTheWire(member)]),
  )
}
