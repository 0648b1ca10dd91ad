import { type AttributeValue, DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'
import { connectionKey } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { STORED_AS } from '../../../functions/adapters/table-schema.ts'
import { getToken, servedToken, sweptOutcome, tick, tickFor } from '../support/calls.ts'
import { connectedConnection, itemOf, letTimePass, rewrite } from '../support/connections.ts'
import type { Scene } from '../support/scene.ts'
import type { Stage } from '../support/stage.ts'
import type { StoryRow } from '../support/wire-suite.ts'

const N = (value: number): AttributeValue => ({ N: String(value) })

/** Events that name nothing that can be done. */
const EVENTS: readonly (readonly [name: string, event: unknown])[] = [
  ['null', null],
  ['a text', 'tick'],
  ['a number', 7],
  ['an array', []],
  ['an empty object', {}],
  ['a shard alone', { shard: 0 }],
  ['a shard that does not exist', { shard: 64, shards: 64 }],
  ['more shards than there are', { shard: 0, shards: 65 }],
  ['no shards', { shard: 0, shards: 0 }],
  ['a negative shard', { shard: -1, shards: 2 }],
  ['half a shard', { shard: 0.5, shards: 2 }],
  ['shards as texts', { shard: '0', shards: '2' }],
  ['shards that are null', { shard: null, shards: null }],
  ['an EventBridge event', { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
  ['a refresh of nothing', { refresh: {} }],
  ['a refresh of a text', { refresh: 'connection' }],
  ['a refresh of a negative id', { refresh: { connectionId: -1, when: 'now' } }],
  ['a refresh at a wrong time', { refresh: { connectionId: 1, when: 'due' } }],
  ['a refresh of half a connection', { refresh: { connectionId: 1.5, when: 'now' } }],
]

const events = EVENTS.map(
  ([name, event]): StoryRow => ({
    target: 'events',
    name,
    play: async (scene) => {
      const { stage, id } = await dueConnection(scene)
      const invocation = await stage.runtime.invoke('refresh', event)
      expect(invocation).toEqual({ outcome: 'returned', payload: { outcome: 'ignored' } })
      expect(stage.count('token')).toBe(0)
      expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
    },
  }),
)

async function dueConnection(scene: Scene) {
  const stage = await scene.stage()
  return { stage, ...(await connectedConnection(stage)) }
}

const repeated: readonly StoryRow[] = [
  {
    target: 'events',
    name: 'the same tick five times at once refreshes once',
    play: async (scene) => {
      const { stage, id } = await dueConnection(scene)
      const containers = Array.from({ length: 5 }, () => stage.container())
      const ticks = containers.map((one) => one.invoke('refresh', tickFor(id)))
      const outcomes = (await Promise.all(ticks)).map(sweptOutcome)
      expect(outcomes.filter((outcome) => outcome === 'refreshed').length).toBe(1)
      expect(stage.count('token')).toBe(1)
      expect((await itemOf(stage, id)).generation).toEqual(N(2))
    },
  },
  {
    target: 'events',
    name: 'a tick that comes a second time, late, does nothing',
    play: async (scene) => {
      const { stage, id } = await dueConnection(scene)
      await tick(stage, id)
      const stored = await itemOf(stage, id)
      expect(sweptOutcome(await tick(stage, id))).toBe('nothing')
      expect(await itemOf(stage, id)).toEqual(stored)
    },
  },
  {
    target: 'events',
    name: 'a request for a generation that has passed does nothing',
    play: async (scene) => {
      const { stage, id } = await dueConnection(scene)
      await tick(stage, id)
      const event = { refresh: { connectionId: id, when: 1 } }
      const invocation = await stage.runtime.invoke('refresh', event)
      expect(invocation).toEqual({ outcome: 'returned', payload: { outcome: 'not_due' } })
      expect(stage.count('token')).toBe(1)
    },
  },
  {
    target: 'events',
    name: 'a request for a connection that is not there',
    play: async (scene) => {
      const { stage, id } = await dueConnection(scene)
      const event = { refresh: { connectionId: id + 1, when: 'now' } }
      const invocation = await stage.runtime.invoke('refresh', event)
      expect(invocation).toEqual({ outcome: 'returned', payload: { outcome: 'gone' } })
    },
  },
]

/** An item that cannot be used: it is set aside, keeps what it has, and stops no other. */
const ITEMS: readonly (readonly [
  name: string,
  spoil: (stage: Stage, id: number) => Promise<Readonly<Record<string, AttributeValue>>>,
])[] = [
  ['a later format', async () => ({ format: N(2) })],
  ['a format that is a text', async () => ({ format: { S: 'two' } })],
  ['a status that nobody knows', async () => ({ status: { S: 'sleeping' } })],
  ['a generation that is a text', async () => ({ generation: { S: 'one' } })],
  ['a token set without tokens', async () => ({ tokenSet: { M: {} } })],
  ['times that are texts', async () => ({ connectedAt: { S: 'yesterday' } })],
  ['tokens that were cut', async (stage, id) => resealed(stage, id, (bytes) => bytes.subarray(5))],
  [
    'tokens that were changed',
    async (stage, id) =>
      resealed(stage, id, (bytes) => bytes.map((byte, at) => (at > 40 ? byte ^ 1 : byte))),
  ],
  ['tokens of another generation', async () => ({ generation: N(7) })],
  ['tokens that are empty', async (stage, id) => resealed(stage, id, () => new Uint8Array([0]))],
]

async function resealed(stage: Stage, id: number, change: (bytes: Uint8Array) => Uint8Array) {
  const { tokenSet } = await itemOf(stage, id)
  const { refresh } = STORED_AS.tokenSet
  const changed = change(tokenSet?.M?.[refresh]?.B ?? new Uint8Array())
  return { tokenSet: { M: { ...tokenSet?.M, [refresh]: { B: changed } } } }
}

const items = ITEMS.map(
  ([name, spoil]): StoryRow => ({
    target: 'items',
    name,
    play: async (scene) => {
      const { stage, id } = await dueConnection(scene)
      const original = await itemOf(stage, id)
      await rewrite(stage, `connection#${id}`, await spoil(stage, id))
      const before = await itemOf(stage, id)
      const startedAt = Date.now()
      expect(sweptOutcome(await tick(stage, id))).toBe('error')
      const after = await itemOf(stage, id)
      expect(Number(after.nextRefreshAt?.N)).toBeGreaterThan(startedAt + 14 * 60_000)
      expect({ ...after, nextRefreshAt: before.nextRefreshAt }).toEqual(before)
      expect(sweptOutcome(await tick(stage, id))).toBe('nothing')
      expect(stage.count('token')).toBe(0)
      const names = Object.keys(before).filter((name) => original[name] !== before[name])
      const repaired = names.filter((name) => name !== 'pk' && original[name])
      const repair = repaired.map((name) => [name, original[name] ?? { NULL: true }] as const)
      await rewrite(stage, `connection#${id}`, Object.fromEntries(repair))
      await letTimePass(stage)
      expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
    },
  }),
)

/** Something happens to the connection while Microsoft takes its time over the token request. */
const MEANWHILE: readonly (readonly [
  name: string,
  happens: (stage: Stage, id: number) => Promise<void>,
  outcome: string,
  status: string | undefined,
])[] = [
  [
    'the connection is deleted',
    async ({ scene, connectionsTable }, id) => {
      const command = { TableName: connectionsTable, Key: connectionKey(id) }
      await scene.dynamodb.client.send(new DeleteItemCommand(command))
    },
    'gone',
    undefined,
  ],
  [
    'the connection is disconnected',
    (stage, id) => rewrite(stage, `connection#${id}`, { status: { S: 'disconnected' } }),
    'gone',
    'disconnected',
  ],
  [
    'somebody signs in again',
    (stage, id) => rewrite(stage, `connection#${id}`, { generation: N(9) }),
    'refreshed',
    'connected',
  ],
]

const meanwhile = MEANWHILE.flatMap(([name, happens, outcome, status]) =>
  (['issued', 'invalid_grant', 'unavailable'] as const).map(
    (answer): StoryRow => ({
      target: 'meanwhile',
      name: `${name}, then Microsoft says ${answer}`,
      play: async (scene) => {
        const { stage, id } = await dueConnection(scene)
        let changed = {}
        stage.fail({
          at: 'token',
          answer: async (real) => {
            const issued = await real()
            await happens(stage, id)
            changed = await itemOf(stage, id)
            if (answer === 'issued') return issued
            if (answer === 'unavailable') return { status: 503 }
            return { status: 400, body: '{"error":"invalid_grant"}' }
          },
        })
        const swept = sweptOutcome(await tick(stage, id))
        const expected = answer === 'unavailable' ? 'transient' : outcome
        expect(swept).toBe(expected)
        expect(await itemOf(stage, id), 'what happened meanwhile stays').toEqual(changed)
        expect((await itemOf(stage, id)).status?.S).toBe(status)
      },
    }),
  ),
)

const AHEAD = 5 * 60_000

/** Another container's clock is five minutes ahead, and what it wrote is believed for no longer. */
const clocks: readonly StoryRow[] = [
  {
    target: 'clocks',
    name: 'a claim from a clock five minutes ahead',
    play: async (scene) => {
      const { stage, id, accessToken } = await dueConnection(scene)
      const heldUntil = N(Date.now() + AHEAD + 60_000)
      await rewrite(stage, `claim#${id}#1`, { holder: { S: 'other' }, heldUntil })
      expect(sweptOutcome(await tick(stage, id))).toBe('in_progress')
      expect(servedToken(await getToken(stage, id))).toBe(accessToken)
      await letTimePass(stage)
      expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
    },
  },
  {
    target: 'clocks',
    name: 'a due time from a clock five minutes ahead',
    play: async (scene) => {
      const { stage, id, accessToken } = await dueConnection(scene)
      await rewrite(stage, `connection#${id}`, { nextRefreshAt: N(Date.now() + AHEAD) })
      expect(sweptOutcome(await tick(stage, id))).toBe('nothing')
      expect(servedToken(await getToken(stage, id))).toBe(accessToken)
    },
  },
]

export const badInputRows: readonly StoryRow[] = [
  ...events,
  ...repeated,
  ...items,
  ...meanwhile,
  ...clocks,
]
