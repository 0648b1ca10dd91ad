import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { groupOf } from '../domain/connection-group.ts'
import { dueBucketOf } from '../domain/due-bucket.ts'
import type {
  ReauthorizationRequired,
  Refreshed,
  SignedIn,
  TokenSets,
} from '../domain/token-sets.ts'
import { answeredIf, updateExpressions } from './dynamodb-call.ts'
import { writeGroup } from './dynamodb-connection-group.ts'
import {
  connectionFromItem,
  connectionKey,
  refreshedTokenSet,
  signedInTokenSet,
  writeAuthority,
  writeEnvironment,
  writeFailure,
  writeReason,
} from './dynamodb-connection-item.ts'
import { type Attributes, digest, number, text, time } from './dynamodb-item.ts'
import { itemReader, type ReadItem } from './dynamodb-item-reader.ts'
import { signedInUser } from './dynamodb-user.ts'

const isStillThere = 'attribute_exists(pk)'
const generationIsTheOneThatWasRead = '#generation = :expectedGeneration'
const isConnected = '#status = :connected'
const environmentIsTheSame = '#resource = :expectedResource'
const environmentIsNotSet = 'attribute_not_exists(#resource)'

const thatGeneration = `${isStillThere} AND ${generationIsTheOneThatWasRead}`
const connectedAtThatGeneration = `${thatGeneration} AND ${isConnected}`
const sameEnvironmentAtThatGeneration = `${thatGeneration} AND ${environmentIsTheSame}`
const sameOrNoEnvironmentAtThatGeneration = `${thatGeneration} AND (${environmentIsTheSame} OR ${environmentIsNotSet})`

interface Write {
  readonly connectionId: number
  readonly expectedGeneration: number
  readonly set: Attributes
}

export interface TokenSetsOptions {
  readonly table: string
  /** How connections are read, always consistently; each by itself where it is not given. */
  readonly readItem?: ReadItem
}

export function dynamodbTokenSets(
  client: DynamoDBClient,
  { table, readItem = connectionReader(client, table) }: TokenSetsOptions,
): TokenSets {
  const write = async (change: Write, condition: string, values: Attributes): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: connectionKey(change.connectionId),
      ...updateExpressions({
        set: change.set,
        condition,
        values: { expectedGeneration: number(change.expectedGeneration), ...values },
      }),
    })
    return (await answeredIf(client.send(command))) !== undefined
  }
  const writeConnected = (change: Write): Promise<boolean> =>
    write(change, connectedAtThatGeneration, { connected: text('connected') })

  return {
    read: async (connectionId) => {
      const item = await readItem(connectionKey(connectionId).pk.S)
      return item && connectionFromItem(item)
    },
    connect: (signedIn) => {
      const set = connected(signedIn)
      const expectedResource = text(signedIn.resource)
      const condition = signedIn.bringsResource
        ? sameOrNoEnvironmentAtThatGeneration
        : sameEnvironmentAtThatGeneration
      return write({ ...signedIn, set }, condition, { expectedResource })
    },
    replace: (refreshed) => writeConnected({ ...refreshed, set: replaced(refreshed) }),
    postpone: (postponed) => {
      const { connectionId, failure, nextRefreshAt, reason, claims } = postponed
      const set = {
        group: writeGroup(connectionId, groupOf({ status: 'connected', reason })),
        failure: writeFailure(failure),
        nextRefreshAt: time(nextRefreshAt),
        reason: reason && writeReason(reason),
        claims: text(claims),
      }
      return writeConnected({ ...postponed, set })
    },
    requireReauthorization: (required) => writeConnected({ ...required, set: ended(required) }),
  }
}

function connectionReader(client: DynamoDBClient, table: string): ReadItem {
  return itemReader(client, { table, isConsistent: true })
}

function connected(signedIn: SignedIn): Attributes {
  return {
    status: text('connected'),
    group: writeGroup(signedIn.connectionId, 'connected'),
    resource: text(signedIn.resource),
    generation: number(signedIn.expectedGeneration + 1),
    ...signedInTokenSet(signedIn.tokenSet),
    authority: writeAuthority(signedIn.authority, signedIn.user),
    ...signedInUser(signedIn.user),
    environment: writeEnvironment(signedIn.environment),
    connectedAt: time(signedIn.at),
    connectedBy: digest(signedIn.connectedBy),
    nextRefreshAt: time(signedIn.nextRefreshAt),
    hotUntil: time(signedIn.hotUntil),
    due: number(dueBucketOf(signedIn.connectionId)),
    reason: undefined,
    claims: undefined,
    failure: undefined,
  }
}

/** The group is another one only where somebody had to act; else no index but that of what is due is written. */
function replaced(refreshed: Refreshed): Attributes {
  return {
    group: writeGroup(refreshed.connectionId, 'connected'),
    generation: number(refreshed.expectedGeneration + 1),
    ...refreshedTokenSet(refreshed.tokenSet),
    nextRefreshAt: time(refreshed.nextRefreshAt),
    hotUntil: time(refreshed.hotUntil),
    reason: undefined,
    claims: undefined,
    failure: undefined,
  }
}

function ended({ connectionId, reason, claims }: ReauthorizationRequired): Attributes {
  const status = 'reauthorization_required'
  return {
    status: text(status),
    group: writeGroup(connectionId, groupOf({ status, reason })),
    reason: writeReason(reason),
    claims: text(claims),
    due: undefined,
    nextRefreshAt: undefined,
    hotUntil: undefined,
    failure: undefined,
  }
}
