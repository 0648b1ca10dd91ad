import { randomUUID } from 'node:crypto'
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { beforeEach, describe, expect, test } from 'vitest'
import { dynamodbRevocations } from '../../functions/adapters/dynamodb-revocations.ts'
import { refreshConnection } from '../../functions/domain/refresh-connection.ts'
import { type Revocations, rememberingConnections } from '../../functions/domain/revocations.ts'
import { type RestoreDependencies, restore } from '../../infra/operate/restore-steps.ts'
import { HOUR, MINUTE } from '../fakes/hand-clock.ts'
import { aNewConnection, aResource, aSignedIn } from '../support/builders.ts'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { onTable } from '../support/dynamodb-world.ts'
import { aWorld, connectedIn, dueIn, storedIn, tokensIn, type World } from '../support/world.ts'

let dynamodb: TestDynamodb
beforeEach(async () => {
  dynamodb = await startDynamodb()
  return dynamodb.stop
})

interface Backup {
  readonly schema: TableDescription
  readonly items: readonly Record<string, AttributeValue>[]
}

/** The table as it is now: what a restore to this moment brings back. */
async function backupOf(client: DynamoDBClient, table: string): Promise<Backup> {
  const { Table: schema } = await client.send(new DescribeTableCommand({ TableName: table }))
  if (schema === undefined) throw new Error(`there is no table ${table}`)
  const items: Record<string, AttributeValue>[] = []
  for await (const page of paginateScan({ client }, { TableName: table })) {
    items.push(...(page.Items ?? []))
  }
  return { schema, items }
}

/** A new table with the keys, indexes and items of the backup, as DynamoDB's own restore makes it. */
async function restoreBackup(client: DynamoDBClient, { schema, items }: Backup, table: string) {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: schema.KeySchema,
      AttributeDefinitions: schema.AttributeDefinitions,
      GlobalSecondaryIndexes: schema.GlobalSecondaryIndexes?.map(
        ({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }),
      ),
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05 }, { TableName: table })
  for (const Item of items) await client.send(new PutItemCommand({ TableName: table, Item }))
}

/** The service on its table, with its API's connections, and a restore of it to one moment. */
async function aService() {
  const { client, connectionsTable: source, signInsTable } = dynamodb
  const world = onTable(aWorld(), dynamodb, source)
  const revocations = dynamodbRevocations(client, { table: signInsTable })
  const api = rememberingConnections(world.connections, { revocations, now: world.now })
  const target = `restored-${randomUUID()}`
  const restored = onTable(world, dynamodb, target)
  const told: string[] = []
  /** Restores to the moment of the backup; or only revokes once more, after the switch. */
  const restoreTo = async (backup: Backup | undefined) => {
    let isThere = backup === undefined
    const table: RestoreDependencies['table'] = {
      status: async () => (isThere ? 'ready' : 'missing'),
      begin: async () => {
        if (backup) await restoreBackup(client, backup, target)
        isThere = true
      },
      prepare: async () => undefined,
      streamArn: async () => 'arn',
    }
    const wait = async () => expect.unreachable('nothing was to be waited for')
    const { connections } = restored
    const deps = { table, revocations, connections, wait, tell: (line: string) => told.push(line) }
    await restore(deps, { source: backup ? source : target, target, at: world.now() })
  }
  const backup = () => backupOf(client, source)
  const lose = () => client.send(new DeleteTableCommand({ TableName: source }))
  return { world, restored, api, revocations, told, backup, lose, restoreTo }
}

const refresh = (world: World, connectionId: number) =>
  refreshConnection(world, { connectionId, when: 'now', signal: new AbortController().signal })

describe('a restore of the connections to an earlier moment', () => {
  test('brings grants back that still refresh, and none that was revoked since', async () => {
    const { world, restored, api, told, backup, lose, restoreTo } = await aService()
    const { connection: kept, tokens } = await connectedIn(world)
    const { connection: disconnected } = await connectedIn(world)
    const { connection: deleted } = await connectedIn(world)
    const { connection: moved } = await connectedIn(world)
    const before = await backup()

    world.clock.advance(HOUR)
    expect(await refresh(world, kept.id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
    expect(await refresh(world, kept.id)).toMatchObject({ outcome: 'refreshed', generation: 3 })
    await api.disconnect(disconnected)
    await api.remove(deleted)
    await api.setResource(moved, aResource('https://other.crm4.dynamics.com'))
    const late = await api.create(aNewConnection())

    await lose()
    await restoreTo(before)

    expect(told).toContain('2 connections were disconnected once more, 1 deleted')
    for (const { id } of [disconnected, moved]) {
      const found = await storedIn(restored, id)
      expect(found).toMatchObject({ status: 'disconnected', tokenSet: undefined })
      expect(await refresh(restored, id)).toEqual({ outcome: 'gone', status: 'disconnected' })
    }
    expect(await restored.tokenSets.read(deleted.id)).toBeUndefined()
    expect(await restored.tokenSets.read(late.id)).toBeUndefined()
    expect(await storedIn(restored, kept.id)).toEqual(kept)
    expect(await dueIn(restored)).toEqual([kept.id])

    expect(await refresh(restored, kept.id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
    expect(world.tokenEndpoint.refreshGrants.at(-1)?.refreshToken).toBe(tokens.refreshToken)
    expect(await tokensIn(restored, kept.id)).not.toMatchObject(tokens)
  })

  test('revokes what was revoked until the switch, and nobody who signed in after it', async () => {
    const { world, restored, api, backup, restoreTo, revocations } = await aService()
    const { connection: early } = await connectedIn(world)
    const { connection: during } = await connectedIn(world)
    const before = await backup()
    world.clock.advance(MINUTE)
    await api.disconnect(early)
    await restoreTo(before)
    expect(await storedIn(restored, during.id)).toMatchObject({ status: 'connected' })

    world.clock.advance(MINUTE)
    await api.disconnect(during)
    world.clock.advance(MINUTE)
    const again = await storedIn(restored, early.id)
    const signedIn = aSignedIn(again, { expectedGeneration: again.generation, at: world.now() })
    expect(await restored.tokenSets.connect(signedIn)).toBe(true)

    await restoreTo(undefined)
    expect(await storedIn(restored, early.id)).toMatchObject({ status: 'connected' })
    expect(await storedIn(restored, during.id)).toMatchObject({ status: 'disconnected' })
    expect(await countOf(revocations)).toBe(2)
  })

  test('leaves alone whoever signed in after a deletion that did not come to its end', async () => {
    const { world, restored, backup, restoreTo, revocations } = await aService()
    const { connection } = await connectedIn(world)
    const { id: connectionId, accountId } = connection
    await revocations.remember({ connectionId, accountId, what: 'deleted', at: world.now() })
    world.clock.advance(MINUTE)
    const { generation: expectedGeneration } = connection
    await world.tokenSets.connect(aSignedIn(connection, { expectedGeneration, at: world.now() }))
    await restoreTo(await backup())
    expect(await storedIn(restored, connectionId)).toMatchObject({ status: 'connected' })
  })
})

async function countOf(revocations: Revocations): Promise<number> {
  let count = 0
  for await (const _ of revocations.all()) count += 1
  return count
}
