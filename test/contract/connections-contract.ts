import { describe, expect, test } from 'vitest'
import type { Clock } from '../../functions/domain/clock.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import { at } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import {
  aNewConnection,
  anAccountId,
  anUnknownId,
  aReason,
  aSignedIn,
  OTHER_RESOURCE,
  RESOURCE,
} from '../support/builders.ts'

/** Makes the ports to one store whose clock is given. */
export type MakeConnectionStore = (now: Clock) => Promise<ConnectionStore>

const NOTHING_OF_A_GRANT = {
  reason: undefined,
  claims: undefined,
  tokenSet: undefined,
  authority: undefined,
  user: undefined,
  environment: undefined,
  connectedAt: undefined,
  connectedBy: undefined,
  refreshedAt: undefined,
  nextRefreshAt: undefined,
  hotUntil: undefined,
  failure: undefined,
}

/** What every store of connections promises to whoever manages them. */
export function connectionsContract(name: string, makeStore: MakeConnectionStore): void {
  const createdAt = at(1)
  const aStore = () => makeStore(() => createdAt)

  const connected = async (store: ConnectionStore, accountId = anAccountId()) => {
    const created = await store.connections.create(aNewConnection({ accountId }))
    await store.tokenSets.connect(aSignedIn(created))
    return read(store, created)
  }
  const read = async (store: ConnectionStore, connection: Connection) => {
    const found = await store.tokenSets.read(connection.id)
    if (found === undefined) throw new Error(`there is no connection ${connection.id}`)
    return found
  }

  describe(`${name}: connections`, () => {
    describe('create and read', () => {
      test('a new connection is pending, at generation 0, and reads back as it was returned', async () => {
        const { connections } = await aStore()
        const wanted = aNewConnection()
        const created = await connections.create(wanted)
        expect(created).toEqual({
          ...wanted,
          ...NOTHING_OF_A_GRANT,
          id: created.id,
          status: 'pending',
          generation: 0,
          createdAt,
        })
        expect(await connections.read(wanted.accountId, created.id)).toEqual(created)
      })

      test('a connection without description and environment reads back without them', async () => {
        const { connections } = await aStore()
        const bare = aNewConnection({ description: undefined, resource: undefined })
        const { id } = await connections.create(bare)
        const stored = await connections.read(bare.accountId, id)
        expect(stored).toMatchObject({ description: undefined, resource: undefined })
      })

      test('text of any kind reads back as it was written', async () => {
        const { connections } = await aStore()
        const odd = aNewConnection({ name: 'Kö 🦊 "x" \\ #n :v', description: '' })
        const { id } = await connections.create(odd)
        expect(await connections.read(odd.accountId, id)).toMatchObject(odd)
      })

      test('every connection has an id of its own, a positive 32-bit integer', async () => {
        const { connections } = await aStore()
        const many = await Promise.all(
          Array.from({ length: 20 }, () => connections.create(aNewConnection())),
        )
        const ids = new Set(many.map(({ id }) => id))
        expect(ids.size).toBe(20)
        expect(
          [...ids].filter((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31),
        ).toHaveLength(20)
      })

      test('an id that was never given reads as undefined', async () => {
        const { connections } = await aStore()
        expect(await connections.read(anAccountId(), anUnknownId())).toBeUndefined()
      })
    })

    describe("another account's connection", () => {
      test('reads as undefined', async () => {
        const { connections } = await aStore()
        const { id } = await connections.create(aNewConnection())
        expect(await connections.read(anAccountId(), id)).toBeUndefined()
      })

      test('cannot be changed or removed, and stays as it was', async () => {
        const store = await aStore()
        const { connections } = store
        const before = await connected(store)
        const foreign = { ...before, accountId: anAccountId() }
        expect(await connections.relabel(foreign, { name: 'mine now' })).toBeUndefined()
        expect(await connections.relabel(foreign, {})).toBeUndefined()
        expect(await connections.setResource(foreign, OTHER_RESOURCE)).toBeUndefined()
        expect(await connections.setResource(foreign, RESOURCE)).toBeUndefined()
        expect(await connections.disconnect(foreign)).toBeUndefined()
        expect(await connections.remove(foreign)).toBe(false)
        expect(await read(store, before)).toEqual(before)
      })

      test('is in no list and no names', async () => {
        const { connections } = await aStore()
        await connections.create(aNewConnection())
        const stranger = anAccountId()
        const page = { page: 1, pageSize: 10, ascending: true }
        expect(await connections.list(stranger, page)).toEqual([])
        expect(await connections.names(stranger)).toEqual(new Map())
      })
    })

    describe('list and names', () => {
      const five = async (store: ConnectionStore) => {
        const accountId = anAccountId()
        const created = await Promise.all(
          Array.from({ length: 5 }, (_, n) =>
            store.connections.create(aNewConnection({ accountId, name: `Dynamics ${n}` })),
          ),
        )
        const sorted = created.toSorted((a, b) => a.id - b.id)
        return { accountId, sorted, ids: sorted.map(({ id }) => id) }
      }
      const idsOf = (connections: readonly Connection[]) => connections.map(({ id }) => id)

      test('pages count from 1, are in the order of the ids, and end with an empty one', async () => {
        const store = await aStore()
        const { accountId, ids } = await five(store)
        const page = async (n: number) =>
          idsOf(await store.connections.list(accountId, { page: n, pageSize: 2, ascending: true }))
        expect(await page(1)).toEqual(ids.slice(0, 2))
        expect(await page(2)).toEqual(ids.slice(2, 4))
        expect(await page(3)).toEqual(ids.slice(4))
        expect(await page(4)).toEqual([])
      })

      test('a descending list begins with the highest id', async () => {
        const store = await aStore()
        const { accountId, ids } = await five(store)
        const page = { page: 1, pageSize: 3, ascending: false }
        const listed = await store.connections.list(accountId, page)
        expect(idsOf(listed)).toEqual(ids.toReversed().slice(0, 3))
      })

      test('a list gives the connections as they were last stored', async () => {
        const store = await aStore()
        const { accountId, sorted } = await five(store)
        const [first] = sorted
        if (first) await store.connections.relabel(first, { name: 'renamed' })
        const page = { page: 1, pageSize: 5, ascending: true }
        const listed = await store.connections.list(accountId, page)
        expect(listed).toEqual([{ ...first, name: 'renamed' }, ...sorted.slice(1)])
      })

      test('names are those in use in the account, by id', async () => {
        const store = await aStore()
        const { accountId, sorted } = await five(store)
        const names = await store.connections.names(accountId)
        expect(names).toEqual(new Map(sorted.map(({ id, name }) => [id, name])))
      })

      test('a page of more than a hundred comes whole', async () => {
        const { connections } = await aStore()
        const accountId = anAccountId()
        await Promise.all(
          Array.from({ length: 103 }, () => connections.create(aNewConnection({ accountId }))),
        )
        const page = { page: 1, pageSize: 200, ascending: true }
        const ids = idsOf(await connections.list(accountId, page))
        expect(ids).toHaveLength(103)
        expect(ids).toEqual(ids.toSorted((a, b) => a - b))
      })
    })

    describe('relabel', () => {
      test('changes what is given and leaves the rest, the grant above all', async () => {
        const store = await aStore()
        const before = await connected(store)
        const after = await store.connections.relabel(before, { name: 'Sales' })
        expect(after).toEqual({ ...before, name: 'Sales' })
        expect(await read(store, before)).toEqual(after)
      })

      test('a description given as undefined is forgotten, an absent one stays', async () => {
        const store = await aStore()
        const before = await connected(store)
        expect(await store.connections.relabel(before, { description: undefined })).toEqual({
          ...before,
          description: undefined,
        })
      })

      test('with nothing to change, it returns the connection as last stored', async () => {
        const store = await aStore()
        const before = await connected(store)
        expect(await store.connections.relabel(before, {})).toEqual(before)
      })

      test('is by itself: it brings nothing back that was changed since the caller read', async () => {
        const store = await aStore()
        const stale = await connected(store)
        await store.connections.disconnect(stale)
        const after = await store.connections.relabel(stale, { name: 'Sales' })
        expect(after).toMatchObject({ name: 'Sales', status: 'disconnected', tokenSet: undefined })
      })
    })

    describe('setResource', () => {
      test('another environment forgets the whole grant, keeps the generation, and is pending', async () => {
        const store = await aStore()
        const before = await connected(store)
        const after = await store.connections.setResource(before, OTHER_RESOURCE)
        expect(after).toEqual({
          ...before,
          ...NOTHING_OF_A_GRANT,
          resource: OTHER_RESOURCE,
          status: 'pending',
        })
        expect(await read(store, before)).toEqual(after)
      })

      test('no environment forgets the grant as well', async () => {
        const store = await aStore()
        const before = await connected(store)
        const after = await store.connections.setResource(before, undefined)
        const expected = {
          ...before,
          ...NOTHING_OF_A_GRANT,
          resource: undefined,
          status: 'pending',
        }
        expect(after).toEqual(expected)
      })

      test('the same environment keeps everything as it is', async () => {
        const store = await aStore()
        const before = await connected(store)
        expect(await store.connections.setResource(before, RESOURCE)).toEqual(before)
        expect(await read(store, before)).toEqual(before)
      })

      test('the same environment keeps a disconnected connection disconnected', async () => {
        const store = await aStore()
        const before = await store.connections.disconnect(await connected(store))
        expect(before).toBeDefined()
        if (before) expect(await store.connections.setResource(before, RESOURCE)).toEqual(before)
      })

      test('goes by what is stored, not by what the caller has read before', async () => {
        const store = await aStore()
        const created = await store.connections.create(aNewConnection({ resource: undefined }))
        await store.connections.setResource(created, RESOURCE)
        await store.tokenSets.connect(aSignedIn(created))
        const after = await store.connections.setResource(created, RESOURCE)
        expect(after?.status).toBe('connected')
      })

      test('clears why a person had to act', async () => {
        const store = await aStore()
        const before = await connected(store)
        await store.tokenSets.requireReauthorization({
          connectionId: before.id,
          expectedGeneration: 1,
          reason: aReason(),
          claims: '{"access_token":{}}',
        })
        const after = await store.connections.setResource(before, OTHER_RESOURCE)
        expect(after).toMatchObject({ status: 'pending', reason: undefined, claims: undefined })
      })
    })

    describe('disconnect', () => {
      test('forgets tokens and user, and keeps the environment and the generation', async () => {
        const store = await aStore()
        const before = await connected(store)
        const after = await store.connections.disconnect(before)
        expect(after).toEqual({ ...before, ...NOTHING_OF_A_GRANT, status: 'disconnected' })
        expect(await read(store, before)).toEqual(after)
        expect(after?.generation).toBe(1)
      })

      test('twice is once', async () => {
        const store = await aStore()
        const before = await connected(store)
        const once = await store.connections.disconnect(before)
        expect(await store.connections.disconnect(before)).toEqual(once)
      })
    })

    describe('remove', () => {
      test('forgets the connection, and says so once', async () => {
        const store = await aStore()
        const before = await connected(store)
        expect(await store.connections.remove(before)).toBe(true)
        expect(await store.connections.remove(before)).toBe(false)
        expect(await store.connections.read(before.accountId, before.id)).toBeUndefined()
        expect(await store.tokenSets.read(before.id)).toBeUndefined()
        expect(await store.connections.names(before.accountId)).toEqual(new Map())
      })

      test('of two at once, one removes', async () => {
        const store = await aStore()
        const before = await connected(store)
        const both = await Promise.all([
          store.connections.remove(before),
          store.connections.remove(before),
        ])
        expect(both.toSorted()).toEqual([false, true])
      })

      test('a later change by whoever still holds it brings nothing back', async () => {
        const store = await aStore()
        const before = await connected(store)
        await store.connections.remove(before)
        expect(await store.connections.relabel(before, { name: 'back' })).toBeUndefined()
        expect(await store.connections.relabel(before, {})).toBeUndefined()
        expect(await store.connections.setResource(before, OTHER_RESOURCE)).toBeUndefined()
        expect(await store.connections.disconnect(before)).toBeUndefined()
        expect(await store.connections.read(before.accountId, before.id)).toBeUndefined()
      })
    })
  })
}
