import { randomInt, randomUUID } from 'node:crypto'
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { dynamodbConnections } from '../../../functions/adapters/dynamodb-connections.ts'
import { dynamodbTokenSets } from '../../../functions/adapters/dynamodb-token-sets.ts'
import type { SealedTokenSet } from '../../../functions/domain/connection.ts'
import { dueBucketOf } from '../../../functions/domain/due-bucket.ts'
import type { ReadKeyring } from '../../../functions/domain/keyring.ts'
import { sealTokenSet } from '../../../functions/domain/seal-token-set.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { type TokenBinding, tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { accessToken, refreshToken } from './realistic-tokens.ts'
import { LOGIN_HOST, RESOURCE, tokenSubject, USER } from './subject.ts'

export interface Store {
  readonly client: DynamoDBClient
  readonly table: string
}

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

/** The most that one BatchWriteItem takes. */
const BATCH = 25
const BATCHES_IN_FLIGHT = 32

/**
 * Connects so many connections as the service would, each refreshed once and due a minute ago; answers
 * their ids.
 */
export async function seedDue(
  store: Store,
  readKeyring: ReadKeyring,
  count: number,
): Promise<readonly number[]> {
  const ids: number[] = []
  await inParallel(16, count, async () => {
    ids.push(await seedOneDue(store, readKeyring))
  })
  return ids
}

async function seedOneDue({ client, table }: Store, readKeyring: ReadKeyring): Promise<number> {
  const now = new Date()
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  const connection = await dynamodbConnections(client, { table, now: () => now }).create({
    accountId: randomUUID(),
    name: 'Dynamics 365 Sales',
    description: 'Production environment of Contoso',
    resource: RESOURCE,
  })
  const { id: connectionId } = connection
  // Each of a tenant of its own, so that no two share the brakes of theirs.
  const tenantId = randomUUID()
  const schedule = { nextRefreshAt: after(-60_000), hotUntil: after(DAY_MS) }
  const tokenSets = dynamodbTokenSets(client, { table })
  const isConnected = await tokenSets.connect({
    ...schedule,
    connectionId,
    expectedGeneration: 0,
    resource: RESOURCE,
    tokenSet: await sealedTokens(readKeyring, { connectionId, generation: 1 }),
    authority: { loginHost: LOGIN_HOST, tenant: tenantId },
    user: { ...USER, tenantId },
    environment: {
      organizationId: randomUUID(),
      userId: randomUUID(),
      businessUnitId: randomUUID(),
    },
    bringsResource: false,
    connectedBy: digestOf('the state of the sign-in'),
    at: now,
  })
  const tokenSet = await sealedTokens(readKeyring, { connectionId, generation: 2 })
  const refreshed = { ...schedule, connectionId, expectedGeneration: 1, tokenSet }
  const isRefreshed = isConnected && (await tokenSets.replace(refreshed))
  if (!isRefreshed) throw new Error('a connection could not be seeded')
  return connectionId
}

/** Tokens of real size, sealed as the service seals them. */
function sealedTokens(readKeyring: ReadKeyring, binding: TokenBinding): Promise<SealedTokenSet> {
  const sealers = {
    accessTokens: tokenSealer('access', readKeyring),
    refreshTokens: tokenSealer('refresh', readKeyring),
  }
  const obtainedAt = new Date()
  return sealTokenSet(sealers, binding, {
    accessToken: accessToken(tokenSubject('')),
    refreshToken: refreshToken(),
    accessTokenExpiresAt: new Date(obtainedAt.getTime() + HOUR_MS),
    obtainedAt,
  })
}

/**
 * Adds so many connections that are on the schedule and not due for an hour to a week. A sweep sees no
 * more of them than their keys in the due index, so their items hold just these.
 */
export async function seedNotDue(
  { client, table }: Store,
  count: number,
  progress: (done: number) => void,
): Promise<void> {
  let done = 0
  await inParallel(BATCHES_IN_FLIGHT, Math.ceil(count / BATCH), async (batch) => {
    const size = Math.min(BATCH, count - batch * BATCH)
    await writeBatch({ client, table }, Array.from({ length: size }, notDueItem))
    done += size
    progress(done)
  })
}

function notDueItem(): WriteRequest {
  const connectionId = randomInt(1, 2 ** 31 - 1)
  const nextRefreshAt = Date.now() + randomInt(HOUR_MS, 7 * DAY_MS)
  return {
    PutRequest: {
      Item: {
        // of another form than a connection's, so that it never takes the place of one
        pk: { S: `connection#not-due#${randomUUID()}` },
        due: { N: String(dueBucketOf(connectionId)) },
        nextRefreshAt: { N: String(nextRefreshAt) },
      },
    },
  }
}

async function writeBatch({ client, table }: Store, requests: WriteRequest[]): Promise<void> {
  let rest = requests
  while (rest.length > 0) {
    const write = new BatchWriteItemCommand({ RequestItems: { [table]: rest } })
    const { UnprocessedItems } = await client.send(write)
    rest = UnprocessedItems?.[table] ?? []
  }
}

async function inParallel(
  workers: number,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      next += 1
      await work(next - 1)
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
}
