import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { beforeEach, describe, expect, test } from 'vitest'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbDueConnections } from '../../functions/adapters/dynamodb-due-connections.ts'
import { dynamodbRefreshBrakes } from '../../functions/adapters/dynamodb-refresh-brakes.ts'
import { dynamodbRefreshClaims } from '../../functions/adapters/dynamodb-refresh-claims.ts'
import { dynamodbTokenSets } from '../../functions/adapters/dynamodb-token-sets.ts'
import { dynamodbToldWrite } from '../../functions/adapters/dynamodb-told-write.ts'
import { eventbridgeEventPublisher } from '../../functions/adapters/eventbridge-event-publisher.ts'
import { STATE_WRITE_FILTERS } from '../../functions/adapters/state-write-filters.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import { eventsHandler } from '../../functions/events/handler.ts'
import { matchesFilter } from '../../infra/local/filter-pattern.ts'
import { seedSettings } from '../../infra/local/seed.ts'
import { at, DAY, HOUR, MINUTE } from '../fakes/hand-clock.ts'
import { memoryConnectionHistory } from '../fakes/memory-connection-history.ts'
import {
  aNewConnection,
  anUnknownId,
  aReason,
  aSealedTokenSet,
  aSignedIn,
  OTHER_RESOURCE,
  TENANT,
} from '../support/builders.ts'
import { problemsOf, type ReceivedEvent } from '../support/state-event-schema.ts'
import { eventbridgeServer, receivedOf } from '../unit/adapters/eventbridge-server.ts'
import { lambdaContext } from '../unit/support/http-event.ts'
import { recordingLog } from '../unit/support/recording-log.ts'

/** A table of connections, and what its stream tells. */
export interface ToldTable {
  readonly client: DynamoDBClient
  readonly table: string
  /** What was written since the last time, in the order of the writes to each item. */
  take(): Promise<readonly DynamoDBRecord[]>
}

const POLICY = aReason({
  code: 'AADSTS53003',
  who: 'administrator',
  situation: 'blocked_by_policy',
})
const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'

/** What the stream of every store promises to whoever waits for events. */
export function stateEventsContract(name: string, makeTable: () => Promise<ToldTable>): void {
  describe(`${name}: state events`, () => {
    let told: ToldTable
    let bridge: Awaited<ReturnType<typeof eventbridgeServer>>
    beforeEach(async () => {
      told = await makeTable()
      bridge = await eventbridgeServer()
    })

    const stores = () => {
      const { client, table } = told
      return {
        connections: dynamodbConnections(client, { table, now: () => at(0) }),
        tokenSets: dynamodbTokenSets(client, { table }),
        dueConnections: dynamodbDueConnections(client, { table }),
        refreshBrakes: dynamodbRefreshBrakes(client, { table }),
        refreshClaims: dynamodbRefreshClaims(client, { table }),
      }
    }

    /** Nothing is asserted of a write that never came. */
    const takeSome = async () => {
      const records = await told.take()
      expect(records).not.toEqual([])
      return records
    }
    const wakesTheFunction = (record: DynamoDBRecord) =>
      STATE_WRITE_FILTERS.some((filter) => matchesFilter(filter, record))
    const wake = (records: readonly DynamoDBRecord[]) => {
      const wait = async () => undefined
      const handler = eventsHandler({
        readRecord: dynamodbToldWrite,
        history: memoryConnectionHistory(),
        publisher: eventbridgeEventPublisher(bridge.client, { bus: 'the-bus', wait }),
        log: recordingLog(),
        metrics: { count: ({ unreadable }) => expect(unreadable).toBe(0) },
      })
      return handler({ Records: [...records] }, lambdaContext(60_000))
    }
    /** What is on the bus after the writes since the last time. */
    const received = async (): Promise<readonly ReceivedEvent[]> => {
      const before = bridge.accepted.length
      const records = (await takeSome()).filter(wakesTheFunction)
      expect(await wake(records)).toEqual({ batchItemFailures: [] })
      const events = bridge.accepted.slice(before).map(receivedOf)
      expect(events.flatMap(problemsOf)).toEqual([])
      return events
    }
    const types = async () => (await received()).map((event) => event['detail-type'])

    const stored = async ({ id }: Pick<Connection, 'id'>) => {
      const found = await stores().tokenSets.read(id)
      if (found === undefined) throw new Error(`there is no connection ${id}`)
      return found
    }
    const expected = async (connection: Pick<Connection, 'id'>) => {
      const { id: connectionId, generation: expectedGeneration } = await stored(connection)
      return { connectionId, expectedGeneration }
    }
    const signIn = async (connection: Pick<Connection, 'id'>) =>
      stores().tokenSets.connect(aSignedIn(await stored(connection)))
    const refresh = async (connection: Pick<Connection, 'id'>) =>
      stores().tokenSets.replace({
        ...(await expected(connection)),
        tokenSet: aSealedTokenSet(at(HOUR)),
        nextRefreshAt: at(2 * HOUR),
        hotUntil: at(DAY),
      })
    const postpone = async (
      connection: Pick<Connection, 'id'>,
      { reason, count = 1 }: { readonly reason?: typeof POLICY; readonly count?: number } = {},
    ) =>
      stores().tokenSets.postpone({
        ...(await expected(connection)),
        failure: { code: reason?.code ?? 'http_503', at: at(HOUR), count },
        nextRefreshAt: at(2 * HOUR + count),
        reason,
        claims: reason && CLAIMS,
      })
    const endGrant = async (connection: Pick<Connection, 'id'>) =>
      stores().tokenSets.requireReauthorization({
        ...(await expected(connection)),
        reason: aReason({ at: at(HOUR) }),
        claims: CLAIMS,
      })
    const connected = async () => {
      const connection = await stores().connections.create(aNewConnection())
      await signIn(connection)
      await told.take()
      return connection
    }

    test('the whole life of a connection is told, each change once', async () => {
      const { connections } = stores()
      const connection = await connections.create(aNewConnection())
      const life: (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
        ['signed in', () => signIn(connection), ['Connection Connected']],
        ['blocked', () => postpone(connection, { reason: POLICY }), ['Connection Blocked']],
        ['probed', () => postpone(connection, { reason: POLICY, count: 2 }), []],
        ['lifted', () => refresh(connection), ['Connection Restored']],
        ['grant ended', () => endGrant(connection), ['Connection Reauthorization Required']],
        ['signed in again', () => signIn(connection), ['Connection Restored']],
        ['changed user while connected', () => signIn(connection), []],
        [
          'another environment',
          () => connections.setResource(connection, OTHER_RESOURCE),
          ['Connection Disconnected'],
        ],
        [
          'and back',
          async () => connections.setResource(await stored(connection), connection.resource),
          [],
        ],
        ['signed in there', () => signIn(connection), ['Connection Connected']],
        ['forgotten', () => connections.disconnect(connection), ['Connection Disconnected']],
        ['renamed', () => connections.relabel(connection, { name: 'Sales' }), []],
        ['signed in at last', () => signIn(connection), ['Connection Connected']],
        ['deleted', () => connections.remove(connection), ['Connection Deleted']],
      ]
      expect(await types()).toEqual([])
      for (const [what, step, detailTypes] of life) {
        await step()
        expect([what, await types()]).toEqual([what, detailTypes])
      }
    })

    test('an event says whose connection it is, how it stands, and who has to act', async () => {
      const connection = await connected()
      await endGrant(connection)
      const [event] = await received()
      expect(event).toMatchObject({
        source: 'dynamics-connect',
        detail: {
          version: '1',
          account: connection.accountId,
          connectionId: connection.id,
          status: 'reauthorization_required',
          reason: { code: 'AADSTS50173', who: 'user', situation: 'grant_revoked' },
        },
      })
    })

    test('later events about a connection have greater sequences, and none shares an id', async () => {
      const connection = await connected()
      const events: ReceivedEvent[] = []
      for (const step of [endGrant, signIn, endGrant, signIn]) {
        await step(connection)
        events.push(...(await received()))
      }
      const sequences = events.map(({ detail }) => String(detail.sequence))
      expect(sequences).toEqual(sequences.toSorted())
      expect(new Set(sequences).size).toBe(4)
      expect(new Set(events.map(({ detail }) => detail.id)).size).toBe(4)
    })

    test.each<[what: string, write: (connection: Connection) => Promise<unknown>]>([
      ['a renewal', refresh],
      ['a failure that passes', (connection) => postpone(connection)],
      [
        'the next failure that passes',
        async (connection) => {
          await postpone(connection)
          await told.take()
          await postpone(connection, { count: 2 })
        },
      ],
      [
        'a renewal after one',
        async (connection) => {
          await postpone(connection)
          await told.take()
          await refresh(connection)
        },
      ],
      ['a new name', (connection) => stores().connections.relabel(connection, { name: 'Sales' })],
      ['setting it aside', ({ id }) => stores().dueConnections.setAside(id, at(DAY))],
      [
        'a refresh claim',
        ({ id }) =>
          stores().refreshClaims.claim({
            connectionId: id,
            generation: 1,
            holder: 'h',
            now: at(0),
          }),
      ],
      [
        "holding back a tenant's refreshes",
        () => stores().refreshBrakes.holdTenant(TENANT, at(MINUTE + anUnknownId())),
      ],
      [
        'the settings',
        () => seedSettings(told.client, { clientId: `client-${anUnknownId()}`, federated: true }),
      ],
    ])('%s does not even wake the function', async (_, write) => {
      const connection = await connected()
      await write(connection)
      expect((await takeSome()).filter(wakesTheFunction)).toEqual([])
    })

    test('the app credential is told of when it is rejected and when it is accepted again', async () => {
      const { refreshBrakes } = stores()
      await refreshBrakes.closeAppBreaker()
      await told.take()
      await refreshBrakes.openAppBreaker('AADSTS7000222', at(0))
      expect(await received()).toMatchObject([
        {
          'detail-type': 'App Credential Rejected',
          detail: { status: 'rejected', code: 'AADSTS7000222' },
        },
      ])
      await refreshBrakes.takeProbe(at(5 * MINUTE))
      expect((await takeSome()).filter(wakesTheFunction)).toEqual([])
      await refreshBrakes.closeAppBreaker()
      expect(await received()).toMatchObject([
        { 'detail-type': 'App Credential Restored', detail: { status: 'accepted' } },
      ])
    })
  })
}
