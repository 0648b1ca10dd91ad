import { beforeEach, describe, expect, test } from 'vitest'
import { dynamodbParkedSignIns } from '../../../../functions/adapters/dynamodb-parked-sign-ins.ts'
import { dynamodbRevocations } from '../../../../functions/adapters/dynamodb-revocations.ts'
import { refreshConnection } from '../../../../functions/domain/refresh-connection.ts'
import { rememberingConnections } from '../../../../functions/domain/revocations.ts'
import { countConnected } from '../../../../infra/operate/connected-connections.ts'
import { dynamodbHeldTokens } from '../../../../infra/operate/held-tokens.ts'
import { type RevokeDependencies, revoke } from '../../../../infra/operate/revoke-steps.ts'
import { STACK_NAME } from '../../../../infra/outputs.ts'
import { aParkedSignIn } from '../../../support/builders.ts'
import { startDynamodb, type TestDynamodb } from '../../../support/dynamodb.ts'
import { onTable } from '../../../support/dynamodb-world.ts'
import { aWorld, connectedIn, storedIn } from '../../../support/world.ts'

let dynamodb: TestDynamodb
beforeEach(async () => {
  dynamodb = await startDynamodb()
  return dynamodb.stop
})

/** A deployment, and the command that revokes in it. */
function aDeployment() {
  const { client, connectionsTable, signInsTable } = dynamodb
  const world = onTable(aWorld(), dynamodb, connectionsTable)
  const revocations = dynamodbRevocations(client, { table: signInsTable })
  const told: string[] = []
  const deps: RevokeDependencies = {
    held: dynamodbHeldTokens(client, { connectionsTable, signInsTable, now: world.now }),
    connections: rememberingConnections(world.connections, { revocations, now: world.now }),
    pace: async () => undefined,
    clientId: async () => 'the-client-id',
    confirming: { ask: async () => undefined },
    tell: (line) => told.push(line),
  }
  const everything = (more: Partial<RevokeDependencies> = {}) =>
    revoke({ ...deps, ...more }, { accountId: undefined, confirmed: STACK_NAME })
  const statusOf = async (id: number) => (await storedIn(world, id)).status
  return { world, revocations, deps, told, everything, statusOf }
}

describe('npm run revoke', () => {
  test('forgets the tokens of everybody, also of those who have to sign in again', async () => {
    const { world, told, everything, revocations } = aDeployment()
    const { connection } = await connectedIn(world)
    const { connection: ended } = await connectedIn(world)
    await world.tokenSets.requireReauthorization({
      connectionId: ended.id,
      expectedGeneration: 1,
      reason: { code: 'AADSTS50057', who: 'user', situation: 'account_disabled', at: world.now() },
      claims: undefined,
    })
    const waiting = await world.connections.create({ ...connection, name: 'pending' })
    expect(await countConnected(dynamodb.client, dynamodb.connectionsTable)).toBe(1)

    await everything()

    for (const { id } of [connection, ended]) {
      const found = await storedIn(world, id)
      expect(found).toMatchObject({ status: 'disconnected', tokenSet: undefined, generation: 1 })
    }
    expect((await storedIn(world, waiting.id)).status).toBe('pending')
    expect(await countConnected(dynamodb.client, dynamodb.connectionsTable)).toBe(0)
    const remembered: number[] = []
    for await (const { connectionId } of revocations.all()) remembered.push(connectionId)
    expect(remembered.toSorted()).toEqual([connection.id, ended.id].toSorted())
    expect(told).toContain('2 connections were disconnected')
    expect(told.join('\n')).toContain('az ad sp delete --id the-client-id')
    expect(told.join('\n')).toContain('in 90 minutes at most')
  })

  test('wins against a refresh that is with Microsoft', async () => {
    const { world, everything } = aDeployment()
    const { connection } = await connectedIn(world)
    world.tokenEndpoint.answerNextRefresh(async () => {
      await everything()
      return { outcome: 'issued', tokenSet: world.minter.mint() }
    })
    const { signal } = new AbortController()
    const request = { connectionId: connection.id, when: 'now', signal } as const
    expect(await refreshConnection(world, request)).toMatchObject({ outcome: 'gone' })
    const found = await storedIn(world, connection.id)
    expect(found).toMatchObject({ status: 'disconnected', tokenSet: undefined })
  })

  test('ends the sign-ins under way with their tokens', async () => {
    const { everything, told } = aDeployment()
    const parked = dynamodbParkedSignIns(dynamodb.client, { table: dynamodb.signInsTable })
    const signIn = aParkedSignIn()
    await parked.park(signIn)
    await everything()
    expect(await parked.find(signIn.id)).toBeUndefined()
    expect(told).toContain('1 sign-ins under way were ended')
  })

  test('goes on where it was when it is stopped and run again', async () => {
    const { world, told, everything } = aDeployment()
    for (let count = 0; count < 5; count += 1) await connectedIn(world)
    let turns = 0
    const pace = async () => {
      turns += 1
      if (turns > 2) throw new Error('stopped')
    }
    await expect(everything({ pace })).rejects.toThrow('stopped')
    // Two had their turn, and end beside whoever stopped.
    const left = () => countConnected(dynamodb.client, dynamodb.connectionsTable)
    await expect.poll(left).toBe(3)
    await everything()
    expect(told).toContain('3 connections were disconnected')
    await everything()
    expect(told).toContain('0 connections were disconnected')
  })

  test('of one account touches no other, and no sign-in', async () => {
    const { world, deps, statusOf, told } = aDeployment()
    const { connection: own } = await connectedIn(world)
    const { connection: other } = await connectedIn(world)
    await revoke(deps, { accountId: own.accountId, confirmed: own.accountId })
    expect(await statusOf(own.id)).toBe('disconnected')
    expect(await statusOf(other.id)).toBe('connected')
    expect(told.join('\n')).not.toContain('sign-ins under way were')
  })

  test('leaves none out because one failed, and says so', async () => {
    const { world, deps, everything } = aDeployment()
    const { connection: stubborn } = await connectedIn(world)
    await connectedIn(world)
    const disconnect: RevokeDependencies['connections']['disconnect'] = async (connection) => {
      if (connection.id === stubborn.id) throw new Error('throttled')
      return deps.connections.disconnect(connection)
    }
    await expect(everything({ connections: { disconnect } })).rejects.toThrow(
      `1 could not be disconnected (connection ${stubborn.id}: throttled): run the same command again`,
    )
    expect(await countConnected(dynamodb.client, dynamodb.connectionsTable)).toBe(1)
  })

  test('does nothing without the word', async () => {
    const { world, deps, statusOf } = aDeployment()
    const { connection } = await connectedIn(world)
    await expect(revoke(deps, { accountId: undefined, confirmed: undefined })).rejects.toThrow(
      'nothing was done: write --yes-revoke dynamics-connect, or run this in a terminal',
    )
    expect(await statusOf(connection.id)).toBe('connected')
  })
})
