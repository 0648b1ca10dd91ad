import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Connection, ConnectionStatus } from '../../functions/domain/connection.ts'
import type { Reason } from '../../functions/domain/reason.ts'
import { at } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import { aNewConnection, aReason, aSignedIn } from '../support/builders.ts'
import type { MakeConnectionStore } from './connections-contract.ts'

/** What every count of connections promises; there may be others in the store. */
export function connectionCountsContract(name: string, makeStore: MakeConnectionStore): void {
  const aStore = () => makeStore(() => at(1))

  const pending = (store: ConnectionStore): Promise<Connection> =>
    store.connections.create(aNewConnection())
  const connected = async (store: ConnectionStore): Promise<Connection> => {
    const created = await pending(store)
    await store.tokenSets.connect(aSignedIn(created))
    return created
  }

  /** How much each count grew while something was done. */
  async function growth(store: ConnectionStore, work: () => Promise<unknown>) {
    const { counts: before } = await store.countConnections()
    await work()
    const { counts: after } = await store.countConnections()
    const statuses = Object.keys(after) as ConnectionStatus[]
    return Object.fromEntries(statuses.map((status) => [status, after[status] - before[status]]))
  }

  const NONE = { pending: 0, connected: 0, reauthorization_required: 0, disconnected: 0 }

  /** How many wait for this reason; its code is no other's. */
  async function waitingFor(store: ConnectionStore, code: string) {
    const { waiting } = await store.countConnections()
    return waiting.filter((one) => one.code === code)
  }
  const aCode = () => `AADSTS${randomInt(10_000_000, 99_999_999)}`

  describe(`${name}: who waits for somebody`, () => {
    const POLICY = { who: 'administrator', situation: 'blocked_by_policy' } as const
    const postponed = { expectedGeneration: 1, nextRefreshAt: at(2), claims: undefined }
    const block = async (store: ConnectionStore, reason: Reason) => {
      const { id } = await connected(store)
      const failure = { code: reason.code, at: at(1), count: 1 }
      await store.tokenSets.postpone({ ...postponed, connectionId: id, reason, failure })
      return id
    }
    const end = async (store: ConnectionStore, reason: Reason) => {
      const { id } = await connected(store)
      const ended = { connectionId: id, expectedGeneration: 1, reason, claims: undefined }
      await store.tokenSets.requireReauthorization(ended)
    }

    test('is told by reason, still connected or not, whenever it came', async () => {
      const store = await aStore()
      const code = aCode()
      await block(store, aReason({ code, ...POLICY }))
      await end(store, aReason({ code, ...POLICY, at: at(5) }))
      await end(store, aReason({ code }))
      expect(await waitingFor(store, code)).toEqual([
        { code, ...POLICY, connections: 2 },
        { code, who: 'user', situation: 'grant_revoked', connections: 1 },
      ])
    })

    test('is nobody any more when the token was renewed', async () => {
      const store = await aStore()
      const code = aCode()
      const connectionId = await block(store, aReason({ code, ...POLICY }))
      const { tokenSet, nextRefreshAt, hotUntil } = aSignedIn(await pending(store))
      const renewed = { connectionId, expectedGeneration: 1, tokenSet, nextRefreshAt, hotUntil }
      await store.tokenSets.replace(renewed)
      expect(await waitingFor(store, code)).toEqual([])
    })
  })

  describe(`${name}: how many connections there are`, () => {
    test('a new one counts as pending', async () => {
      const store = await aStore()
      expect(await growth(store, () => pending(store))).toEqual({ ...NONE, pending: 1 })
    })

    test('each counts once, under the status that it has now', async () => {
      const store = await aStore()
      const grown = await growth(store, async () => {
        const [, left, ended] = [
          await connected(store),
          await connected(store),
          await connected(store),
          await pending(store),
        ]
        await store.connections.disconnect(left)
        const required = { expectedGeneration: 1, reason: aReason(), claims: undefined }
        await store.tokenSets.requireReauthorization({ connectionId: ended.id, ...required })
      })
      expect(grown).toEqual({
        pending: 1,
        connected: 1,
        reauthorization_required: 1,
        disconnected: 1,
      })
    })

    test('a refresh changes nothing', async () => {
      const store = await aStore()
      const { id } = await connected(store)
      const { tokenSet, nextRefreshAt, hotUntil } = aSignedIn(await pending(store))
      const grown = await growth(store, async () => {
        const refreshed = { connectionId: id, expectedGeneration: 1, tokenSet }
        await store.tokenSets.replace({ ...refreshed, nextRefreshAt, hotUntil })
      })
      expect(grown).toEqual(NONE)
    })

    test('one that is removed is counted no more', async () => {
      const store = await aStore()
      const created = await connected(store)
      const grown = await growth(store, () => store.connections.remove(created))
      expect(grown).toEqual({ ...NONE, connected: -1 })
    })
  })
}
