import type { DynamoDBRecord } from 'aws-lambda'
import type { ToldWrite } from '../domain/event-publisher.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { ConnectionState, RejectedAppCredential, StateWrite } from '../domain/state-change.ts'
import { readReason, requireKnownFormat, STATUSES } from './dynamodb-connection-item.ts'
import {
  type Item,
  readMap,
  readNumber,
  readOptionalMap,
  readText,
  readWord,
} from './dynamodb-item.ts'
import { APP_BREAKER_KEY, CONNECTION_KEY_PREFIX } from './table-schema.ts'

/**
 * Reads what a stream tells of one write. Of an item nothing is read but what its state is made of.
 * @throws ServiceError `item_malformed`
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 */
export function dynamodbToldWrite({
  eventID: id,
  dynamodb: stored = {},
}: DynamoDBRecord): ToldWrite {
  const { SequenceNumber: sequence, ApproximateCreationDateTime: seconds } = stored
  if (id === undefined || sequence === undefined || seconds === undefined) {
    throw new ServiceError('a record of the stream lacks its id, sequence number or time', {
      code: 'item_malformed',
    })
  }
  return { id, sequence, at: new Date(Math.round(seconds * 1000)), write: writeOf(stored) }
}

function writeOf(stored: NonNullable<DynamoDBRecord['dynamodb']>): StateWrite | undefined {
  const pk = stored.Keys?.pk?.S ?? ''
  // As the SDK has it but for binary values, which come in base64 and are not read here.
  const [before, after] = [stored.OldImage, stored.NewImage] as (Item | undefined)[]
  if (pk === APP_BREAKER_KEY) {
    return {
      kind: 'app_credential',
      before: before && rejectedFromItem(before),
      after: after && rejectedFromItem(after),
    }
  }
  if (!pk.startsWith(CONNECTION_KEY_PREFIX)) return undefined
  return {
    kind: 'connection',
    before: before && stateFromItem(before),
    after: after && stateFromItem(after),
  }
}

function rejectedFromItem(item: Item): RejectedAppCredential {
  return { code: readText(item, 'code') }
}

function stateFromItem(item: Item): ConnectionState {
  requireKnownFormat(item)
  const status = readWord(item, 'status', STATUSES)
  return {
    id: readNumber(item, 'connectionId'),
    accountId: readText(item, 'accountId'),
    status,
    reason: reasonOf(status, item),
  }
}

function reasonOf(status: ConnectionState['status'], item: Item): ConnectionState['reason'] {
  switch (status) {
    case 'reauthorization_required':
      return readMap(item, 'reason', readReason)
    case 'connected':
      return readOptionalMap(item, 'reason', readReason)
    case 'pending':
    case 'disconnected':
      return undefined
  }
}
