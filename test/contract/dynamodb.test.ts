import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { dynamodbAuthorizationRequests } from '../../functions/adapters/dynamodb-authorization-requests.ts'
import { dynamodbConnectionCounts } from '../../functions/adapters/dynamodb-connection-counts.ts'
import { dynamodbConnectionDirectory } from '../../functions/adapters/dynamodb-connection-directory.ts'
import { dynamodbConnectionHistory } from '../../functions/adapters/dynamodb-connection-history.ts'
import { connectionKey, SETTINGS_KEY } from '../../functions/adapters/dynamodb-connection-item.ts'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbConsoleSessions } from '../../functions/adapters/dynamodb-console-sessions.ts'
import { dynamodbDueConnections } from '../../functions/adapters/dynamodb-due-connections.ts'
import { dynamodbParkedSignIns } from '../../functions/adapters/dynamodb-parked-sign-ins.ts'
import { dynamodbPartnerSettings } from '../../functions/adapters/dynamodb-partner-settings.ts'
import {
  dynamodbAppBreaker,
  dynamodbRefreshBrakes,
} from '../../functions/adapters/dynamodb-refresh-brakes.ts'
import { dynamodbRefreshClaims } from '../../functions/adapters/dynamodb-refresh-claims.ts'
import { dynamodbRevocations } from '../../functions/adapters/dynamodb-revocations.ts'
import { dynamodbServiceRecord } from '../../functions/adapters/dynamodb-service-record.ts'
import { dynamodbSignInAttempts } from '../../functions/adapters/dynamodb-sign-in-attempts.ts'
import { dynamodbSignInContexts } from '../../functions/adapters/dynamodb-sign-in-contexts.ts'
import { dynamodbSignInTokens } from '../../functions/adapters/dynamodb-sign-in-tokens.ts'
import { dynamodbSweepStore } from '../../functions/adapters/dynamodb-sweep-store.ts'
import { dynamodbTokenSets } from '../../functions/adapters/dynamodb-token-sets.ts'
import type { Clock } from '../../functions/domain/clock.ts'
import { KEPT_EVENTS } from '../../functions/domain/connection-history.ts'
import { dueBucketOf } from '../../functions/domain/due-bucket.ts'
import { itemBytes } from '../bench/support/item-bytes.ts'
import { keyringOf, newKey } from '../bench/support/keyring.ts'
import { seedDue } from '../bench/support/seed.ts'
import { at, DAY, MINUTE } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import {
  aNewConnection,
  anAuthorizationRequest,
  anUnknownId,
  aSealedTokenSet,
  aSignedIn,
  aSignInToken,
} from '../support/builders.ts'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { authorizationRequestsContract } from './authorization-requests-contract.ts'
import { connectionCountsContract } from './connection-counts-contract.ts'
import { connectionDirectoryContract } from './connection-directory-contract.ts'
import { connectionHistoryContract } from './connection-history-contract.ts'
import { connectionsContract, type MakeConnectionStore } from './connections-contract.ts'
import { consoleSessionsContract } from './console-sessions-contract.ts'
import { parkedSignInsContract } from './parked-sign-ins-contract.ts'
import { partnerSettingsContract } from './partner-settings-contract.ts'
import { refreshBrakesContract } from './refresh-brakes-contract.ts'
import { refreshClaimsContract } from './refresh-claims-contract.ts'
import { revocationsContract } from './revocations-contract.ts'
import { serviceRecordContract } from './service-record-contract.ts'
import { signInAttemptsContract } from './sign-in-attempts-contract.ts'
import { signInContextsContract } from './sign-in-contexts-contract.ts'
import { signInTokensContract } from './sign-in-tokens-contract.ts'
import { tokenSetsContract } from './token-sets-contract.ts'

let dynamodb: TestDynamodb
beforeAll(async () => {
  dynamodb = await startDynamodb()
  return dynamodb.stop
})

const connectionStore: MakeConnectionStore = async (now) => storeIn(dynamodb, now)

function storeIn({ client, connectionsTable: table }: TestDynamodb, now: Clock): ConnectionStore {
  return {
    connections: dynamodbConnections(client, { table, now }),
    tokenSets: dynamodbTokenSets(client, { table }),
    dueConnections: dynamodbDueConnections(client, { table }),
    countConnections: dynamodbConnectionCounts(client, { table }),
  }
}

const sweepStore = () => {
  const { client, connectionsTable: table } = dynamodb
  return dynamodbSweepStore(client, { table })
}

connectionsContract('DynamoDB', connectionStore)
connectionCountsContract('DynamoDB', connectionStore)

connectionHistoryContract('DynamoDB', async () =>
  dynamodbConnectionHistory(dynamodb.client, { table: dynamodb.signInsTable }),
)
serviceRecordContract('DynamoDB', async () =>
  dynamodbServiceRecord(dynamodb.client, { table: dynamodb.connectionsTable }),
)
connectionDirectoryContract('DynamoDB', async (now) => {
  const own = await startDynamodb()
  onTestFinished(own.stop)
  const directory = dynamodbConnectionDirectory(own.client, { table: own.connectionsTable })
  return { store: storeIn(own, now), directory }
})
tokenSetsContract('DynamoDB', connectionStore)
tokenSetsContract('DynamoDB as a sweep reads it', async (now) => ({
  ...(await connectionStore(now)),
  ...sweepStore(),
}))
refreshClaimsContract('DynamoDB', async () =>
  dynamodbRefreshClaims(dynamodb.client, { table: dynamodb.connectionsTable }),
)
refreshBrakesContract('DynamoDB', async () =>
  dynamodbRefreshBrakes(dynamodb.client, { table: dynamodb.connectionsTable }),
)
refreshBrakesContract('DynamoDB as a sweep reads it', async () => sweepStore().refreshBrakes)
signInTokensContract('DynamoDB', async () =>
  dynamodbSignInTokens(dynamodb.client, { table: dynamodb.signInsTable }),
)
consoleSessionsContract('DynamoDB', async () =>
  dynamodbConsoleSessions(dynamodb.client, { table: dynamodb.signInsTable }),
)
signInAttemptsContract('DynamoDB', async () =>
  dynamodbSignInAttempts(dynamodb.client, { table: dynamodb.signInsTable }),
)
authorizationRequestsContract('DynamoDB', async () =>
  dynamodbAuthorizationRequests(dynamodb.client, { table: dynamodb.signInsTable }),
)
parkedSignInsContract('DynamoDB', async () =>
  dynamodbParkedSignIns(dynamodb.client, { table: dynamodb.signInsTable }),
)
revocationsContract('DynamoDB', async () =>
  dynamodbRevocations(dynamodb.client, { table: dynamodb.signInsTable }),
)
partnerSettingsContract('DynamoDB', async () => {
  const { client, connectionsTable: table } = dynamodb
  await client.send(new DeleteItemCommand({ TableName: table, Key: SETTINGS_KEY }))
  return dynamodbPartnerSettings(client, { table })
})
signInContextsContract('DynamoDB', async () => {
  const { client, connectionsTable, signInsTable } = dynamodb
  const settings = { TableName: connectionsTable }
  return {
    store: await connectionStore(() => at(0)),
    signInTokens: dynamodbSignInTokens(client, { table: signInsTable }),
    signInContexts: dynamodbSignInContexts(client, { connectionsTable, signInsTable }),
    setClientId: async (clientId) => {
      if (clientId === undefined) {
        await client.send(new DeleteItemCommand({ ...settings, Key: SETTINGS_KEY }))
      } else {
        const item = { ...SETTINGS_KEY, clientId: { S: clientId } }
        await client.send(new PutItemCommand({ ...settings, Item: item }))
      }
    },
    setAllowedOrigins: dynamodbPartnerSettings(client, { table: connectionsTable })
      .saveAllowedOrigins,
  }
})

test('a history expires 400 days after its last event, and holds no more than is kept', async () => {
  const { client, signInsTable: table } = dynamodb
  const history = dynamodbConnectionHistory(client, { table })
  const connection = { id: anUnknownId(), accountId: 'acme', status: 'connected' } as const
  const what = { change: 'connected', connection: { ...connection, reason: undefined } } as const
  const numbers = Array.from({ length: KEPT_EVENTS + 1 }, (_, index) => index)
  const events = numbers.map((index) => ({
    id: `id-${index}`,
    sequence: String(index),
    at: at(index * MINUTE),
    what,
  }))
  await history.keep(events)
  const Key = { pk: { S: `history#${connection.id}` } }
  const { Item = {} } = await client.send(new GetItemCommand({ TableName: table, Key }))
  const { pk: _, expiresAt, ...stored } = Item
  expect(Object.keys(stored).toSorted()).toEqual(numbers.slice(1).map(String).toSorted())
  const last = at(KEPT_EVENTS * MINUTE)
  expect(expiresAt).toEqual({ N: String((last.getTime() + 400 * DAY) / 1000) })
})

test('the record of an hour expires after three days, and so does the census', async () => {
  const { client, connectionsTable: TableName } = dynamodb
  const record = dynamodbServiceRecord(client, { table: TableName })
  const time = new Date('2096-02-01T01:59:59Z')
  const counts = { pending: 0, connected: 1, reauthorization_required: 0, disconnected: 0 }
  await record.addSweep({ shard: 0, at: time, outcomes: {}, oldestDueMs: 0 })
  await record.keepCensus({ at: time, counts, waiting: [] })
  const expiryOf = async (pk: string) => {
    const get = new GetItemCommand({ TableName, Key: { pk: { S: pk } } })
    return Number((await client.send(get)).Item?.expiresAt?.N)
  }
  const seconds = (iso: string) => Date.parse(iso) / 1000
  expect(await expiryOf('hour#2096-02-01T01')).toBe(seconds('2096-02-04T01:00:00Z'))
  expect(await expiryOf('census')).toBe(seconds('2096-02-04T01:59:59Z'))
})

test('a connection with tokens of real size is billed as three kilobytes', async () => {
  const { client, connectionsTable: table } = dynamodb
  const [id = 0] = await seedDue({ client, table }, keyringOf(newKey()), 1)
  const command = new GetItemCommand({ TableName: table, Key: connectionKey(id) })
  const { Item = {} } = await client.send(command)
  expect(itemBytes(Item)).toBeGreaterThan(2048)
  expect(itemBytes(Item)).toBeLessThanOrEqual(3 * 1024)
})

describe('an item that this version does not know', () => {
  const TIME = at(7)

  /** A connection that is due, whose stored item was changed behind the service's back. */
  const changed = async (update: string, values?: Record<string, AttributeValue>) => {
    const store = await connectionStore(() => at(0))
    const created = await store.connections.create(aNewConnection())
    await store.tokenSets.connect(aSignedIn(created, { nextRefreshAt: TIME }))
    const command = new UpdateItemCommand({
      TableName: dynamodb.connectionsTable,
      Key: connectionKey(created.id),
      UpdateExpression: update,
      ExpressionAttributeNames: { '#name': /:(\w+)/.exec(update)?.[1] ?? 'status' },
      ExpressionAttributeValues: values,
    })
    await dynamodb.client.send(command)
    return { ...store, created, id: created.id }
  }
  const rawItem = async (id: number) => {
    const Key = connectionKey(id)
    const command = new GetItemCommand({ TableName: dynamodb.connectionsTable, Key })
    return (await dynamodb.client.send(command)).Item
  }
  const fromTheFuture = () => changed('SET #name = :format', { ':format': { N: '2' } })
  const withoutStatus = () => changed('REMOVE #name')
  const MALFORMED = { code: 'item_malformed' }

  test('written by a later version is not read, and the error says what to do', async () => {
    const { tokenSets, connections, created, id } = await fromTheFuture()
    const expected = { ...MALFORMED, message: expect.stringContaining('deploy that version') }
    await expect(tokenSets.read(id)).rejects.toMatchObject(expected)
    await expect(connections.read(created.accountId, id)).rejects.toMatchObject(expected)
  })

  test('that lacks an attribute is not read, and the error names it', async () => {
    const { tokenSets, id } = await withoutStatus()
    const expected = { ...MALFORMED, evidence: { attribute: 'status' } }
    await expect(tokenSets.read(id)).rejects.toMatchObject(expected)
  })

  test('whose reason cannot be read is counted by its status', async () => {
    const { countConnections, id } = await changed('SET #name = :reason', {
      ':reason': { M: { code: { S: 'a canary' }, who: { S: 'nobody we know' } } },
    })
    const { counts, waiting } = await countConnections()
    expect(counts.connected).toBeGreaterThan(0)
    expect(JSON.stringify(waiting)).not.toContain('canary')
    expect(await rawItem(id)).toHaveProperty('reason')
  })

  test.each([
    ['of a later version', fromTheFuture],
    ['that lacks an attribute', withoutStatus],
  ])('%s is due all the same, and is set aside without a change to the rest', async (_, make) => {
    const { dueConnections, id } = await make()
    const before = await rawItem(id)
    const dueAt = async (until: Date) => {
      const found: number[] = []
      for await (const due of dueConnections.due(dueBucketOf(id), until)) {
        found.push(due.connectionId)
      }
      return found.includes(id)
    }
    expect(await dueAt(TIME)).toBe(true)
    await dueConnections.setAside(id, at(MINUTE))
    expect(await dueAt(at(MINUTE - 1))).toBe(false)
    expect(await dueAt(at(MINUTE))).toBe(true)
    const nextRefreshAt = { N: String(at(MINUTE).getTime()) }
    expect(await rawItem(id)).toEqual({ ...before, nextRefreshAt })
  })
})

describe('a write whose acknowledgement was lost, and which the SDK sends again', () => {
  /** A client that sends every command twice and answers with the second answer. */
  const stuttering = () => {
    const client = dynamodb.newClient()
    onTestFinished(() => client.destroy())
    client.middlewareStack.add(
      (next) => async (args) => {
        await next(args)
        return next(args)
      },
      { step: 'initialize' },
    )
    return client
  }

  test('a claim still holds, for its holder alone', async () => {
    const table = dynamodb.connectionsTable
    const claims = dynamodbRefreshClaims(stuttering(), { table })
    const claim = { connectionId: anUnknownId(), generation: 1, holder: 'one', now: at(0) }
    expect(await claims.claim(claim)).toBe(true)
    expect(await claims.claim({ ...claim, holder: 'another' })).toBe(false)
  })

  test('an authorization request is consumed by whoever sent it', async () => {
    const requests = dynamodbAuthorizationRequests(stuttering(), { table: dynamodb.signInsTable })
    const request = anAuthorizationRequest()
    await requests.create(request)
    const consumed = await requests.consume(request.id, request.browserBinding, at(0))
    expect(consumed).toEqual({ outcome: 'consumed', request })
  })

  test('a sign-in token is spent by whoever sent it', async () => {
    const tokens = dynamodbSignInTokens(stuttering(), { table: dynamodb.signInsTable })
    const token = aSignInToken()
    await tokens.create(token)
    expect(await tokens.spend(token.digest, 'request-1')).toBe(true)
    expect(await tokens.spend(token.digest, 'request-2')).toBe(false)
  })

  test('a refreshed token set is stored once, though the answer is that another came first', async () => {
    const { connections, tokenSets } = await connectionStore(() => at(0))
    const created = await connections.create(aNewConnection())
    await tokenSets.connect(aSignedIn(created))
    const twice = dynamodbTokenSets(stuttering(), { table: dynamodb.connectionsTable })
    const tokenSet = aSealedTokenSet()
    const refreshed = { tokenSet, nextRefreshAt: at(MINUTE), hotUntil: at(MINUTE) }
    const ids = { connectionId: created.id, expectedGeneration: 1 }
    expect(await twice.replace({ ...ids, ...refreshed })).toBe(false)
    expect(await tokenSets.read(created.id)).toMatchObject({ generation: 2, tokenSet })
  })
})

test('whoever looks on sees the breaker of the app credential while it is open', async () => {
  const options = { table: dynamodb.connectionsTable }
  const brakes = dynamodbRefreshBrakes(dynamodb.client, options)
  const read = dynamodbAppBreaker(dynamodb.client, options)
  await brakes.closeAppBreaker()
  expect(await read()).toBeUndefined()
  await brakes.openAppBreaker('AADSTS7000222', at(0))
  expect(await read()).toMatchObject({ code: 'AADSTS7000222', openedAt: at(0) })
  await brakes.closeAppBreaker()
})
