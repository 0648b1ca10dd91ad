import type { ConnectionStatus } from '../domain/connection.ts'
import { APP_BREAKER_KEY, CONNECTION_KEY_PREFIX } from './table-schema.ts'

const NOT_CONNECTED = [
  'pending',
  'disconnected',
  'reauthorization_required',
] as const satisfies ConnectionStatus[]

const exists = [{ exists: true }]

/**
 * Which writes to the table of connections may have changed a state; Lambda drops the others before
 * they cost an invocation. A renewal, a passing failure, a claim and a probe are none of these: a
 * connected connection without a reason, before and after. Lambda takes five patterns at most.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export const STATE_WRITE_FILTERS = [
  // Created or deleted; the app credential rejected or accepted again.
  {
    eventName: ['INSERT', 'REMOVE'],
    dynamodb: { Keys: { pk: { S: [{ prefix: CONNECTION_KEY_PREFIX }, APP_BREAKER_KEY] } } },
  },
  // No longer connected, or written to while it was not.
  { dynamodb: { NewImage: { status: { S: [...NOT_CONNECTED] } } } },
  // Connected, and was not.
  {
    dynamodb: {
      OldImage: { status: { S: [...NOT_CONNECTED] } },
      NewImage: { status: { S: ['connected'] satisfies ConnectionStatus[] } },
    },
  },
  // Connected all the while, and somebody has to act, or had to.
  { dynamodb: { NewImage: { reason: { M: { code: { S: exists } } } } } },
  { dynamodb: { OldImage: { reason: { M: { code: { S: exists } } } } } },
] as const
