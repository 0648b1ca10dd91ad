import { describe, expect, test } from 'vitest'
import type { Connection } from '../../functions/domain/connection.ts'
import type {
  ConnectionDirectory,
  DirectoryOrder,
  DirectoryQuery,
} from '../../functions/domain/connection-directory.ts'
import { CONNECTION_GROUPS, groupOf } from '../../functions/domain/connection-group.ts'
import type { Who } from '../../functions/domain/reason.ts'
import { at, type HandClock, handClock, MINUTE } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import {
  aNewConnection,
  anUnknownId,
  aReason,
  aResource,
  aSignedIn,
  aUser,
} from '../support/builders.ts'

/** Makes a directory, and the ports to its store, which is empty and whose clock is given. */
export type MakeDirectory = (
  now: HandClock['now'],
) => Promise<{ readonly store: ConnectionStore; readonly directory: ConnectionDirectory }>

interface Wanted {
  readonly accountId?: string
  readonly host?: string | undefined
  readonly username?: string | undefined
}

/** What a directory of a store promises. */
export function connectionDirectoryContract(name: string, makeDirectory: MakeDirectory): void {
  /** A directory of its own, and how to fill it; each connection is a minute younger than the last. */
  async function scene() {
    const clock = handClock()
    const { store, directory } = await makeDirectory(clock.now)
    const { connections, tokenSets } = store
    const pending = async ({ accountId = 'acme', host }: Wanted = {}): Promise<Connection> => {
      clock.advance(MINUTE)
      const resource = host === undefined ? undefined : aResource(`https://${host}`)
      return connections.create(aNewConnection({ accountId, resource }))
    }
    const connected = async (wanted: Wanted = {}): Promise<Connection> => {
      const { username, host = 'contoso.crm4.dynamics.com' } = wanted
      const created = await pending({ ...wanted, host })
      const { resource = aResource() } = created
      await tokenSets.connect(aSignedIn(created, { resource, user: aUser({ username }) }))
      return created
    }
    const waiting = async (who: Who, wanted: Wanted = {}): Promise<Connection> => {
      const { id } = await connected(wanted)
      await tokenSets.postpone({ ...FAILURE, connectionId: id, reason: aReason({ who }) })
      return store.tokenSets.read(id).then(present)
    }
    const ended = async (who: Who, wanted: Wanted = {}): Promise<Connection> => {
      const { id } = await connected(wanted)
      const required = { reason: aReason({ who }), claims: undefined }
      await tokenSets.requireReauthorization({
        connectionId: id,
        expectedGeneration: 1,
        ...required,
      })
      return store.tokenSets.read(id).then(present)
    }
    const find = (query: Partial<DirectoryQuery> = {}) =>
      directory.find({ ...EVERYTHING, ...query })
    const { read } = directory
    /** The ids of each page until the last. */
    const pages = async (query: Partial<DirectoryQuery> = {}): Promise<readonly number[][]> => {
      const found: number[][] = []
      let after: string | undefined
      do {
        const page = await find({ ...query, after })
        found.push(page.connections.map(({ id }) => id))
        after = page.next
      } while (after !== undefined)
      return found
    }
    const ids = async (query: Partial<DirectoryQuery> = {}) => (await pages(query)).flat()
    return { ...store, clock, pending, connected, waiting, ended, find, read, pages, ids }
  }

  const FAILURE = {
    expectedGeneration: 1,
    failure: { code: 'AADSTS50173', at: at(9), count: 1 },
    nextRefreshAt: at(MINUTE),
    claims: undefined,
  }
  const EVERYTHING: DirectoryQuery = {
    groups: [],
    search: undefined,
    order: 'newest',
    accountId: undefined,
    pageSize: 10,
    after: undefined,
  }
  const present = (connection: Connection | undefined): Connection => {
    if (connection === undefined) throw new Error('the connection is gone')
    return connection
  }
  const idsOf = (connections: readonly Connection[]) => connections.map(({ id }) => id)
  const ascending = (ids: readonly number[]) => ids.toSorted((one, other) => one - other)

  describe(`${name}: the directory of connections`, () => {
    test('of an empty store has one empty page', async () => {
      const { find } = await scene()
      expect(await find()).toEqual({ connections: [], next: undefined })
      expect(await find({ accountId: 'acme', search: 'a' })).toEqual({
        connections: [],
        next: undefined,
      })
    })

    test('shows each connection as it is stored, without its tokens', async () => {
      const { tokenSets, connected, find } = await scene()
      const { id } = await connected({ username: 'Ada@Contoso.example' })
      const stored = present(await tokenSets.read(id))
      const expected = { connections: [{ ...stored, tokenSet: undefined }], next: undefined }
      expect(await find()).toEqual(expected)
      expect(await find({ accountId: 'acme' })).toEqual(expected)
    })

    test('reads one connection by its id alone, as it was stored last and without its tokens', async () => {
      const { connections, tokenSets, connected, read } = await scene()
      const { id } = await connected()
      expect(await read(id)).toEqual({ ...(await tokenSets.read(id)), tokenSet: undefined })
      await connections.relabel(present(await tokenSets.read(id)), { name: 'Sales' })
      expect(await read(id)).toMatchObject({ id, name: 'Sales', accountId: 'acme' })
    })

    test('reads nothing where there is no connection', async () => {
      const { connections, connected, read } = await scene()
      const gone = await connected()
      await connections.remove(gone)
      expect(await read(gone.id)).toBeUndefined()
      expect(await read(anUnknownId())).toBeUndefined()
    })

    describe('by group', () => {
      const oneOfEach = async () => {
        const made = await scene()
        const left = await made.connected()
        await made.connections.disconnect(left)
        const all = {
          disconnected: [left.id],
          pending: [(await made.pending()).id],
          connected: [(await made.connected()).id],
          user: idsOf([await made.ended('user'), await made.waiting('user')]),
          administrator: idsOf([await made.waiting('administrator')]),
          application_owner: idsOf([await made.ended('application_owner')]),
          nobody: idsOf([await made.waiting('nobody')]),
        }
        return { ...made, all }
      }

      test.each([undefined, 'acme'])('finds what is in it (account: %s)', async (accountId) => {
        const { all, ids } = await oneOfEach()
        for (const group of CONNECTION_GROUPS) {
          expect(ascending(await ids({ groups: [group], accountId }))).toEqual(
            ascending(all[group]),
          )
        }
        const groups = ['pending', 'user'] as const
        const both = [...all.pending, ...all.user]
        expect(ascending(await ids({ groups, accountId }))).toEqual(ascending(both))
        const every = ascending(Object.values(all).flat())
        expect(ascending(await ids({ accountId }))).toEqual(every)
        expect(ascending(await ids({ groups: CONNECTION_GROUPS, accountId }))).toEqual(every)
      })

      test('a refresh that works ends the wait for somebody', async () => {
        const { tokenSets, waiting, ids } = await scene()
        const { id } = await waiting('administrator')
        const { tokenSet, nextRefreshAt, hotUntil } = aSignedIn({ id, generation: 1 })
        const refreshed = { connectionId: id, expectedGeneration: 1, nextRefreshAt, hotUntil }
        await tokenSets.replace({ ...refreshed, tokenSet })
        expect(await ids({ groups: ['administrator'] })).toEqual([])
        expect(await ids({ groups: ['connected'] })).toEqual([id])
      })

      test('a failure that passes by itself leaves a connection among the connected', async () => {
        const { tokenSets, connected, ids } = await scene()
        const { id } = await connected()
        await tokenSets.postpone({ ...FAILURE, connectionId: id, reason: undefined })
        expect(await ids({ groups: ['connected'] })).toEqual([id])
      })

      test('another environment makes a connection pending, and takes its user away', async () => {
        const { connections, connected, ids } = await scene()
        const created = await connected({ username: 'ada@contoso.example' })
        await connections.setResource(created, aResource('https://other.crm4.dynamics.com'))
        expect(await ids({ groups: ['pending'], search: 'other.crm4' })).toEqual([created.id])
        expect(await ids({ groups: ['connected'] })).toEqual([])
        expect(await ids({ search: 'ada@' })).toEqual([])
        expect(await ids({ order: 'user' })).toEqual([])
      })

      test('what is removed is in none', async () => {
        const { connections, pending, ids } = await scene()
        await connections.remove(await pending())
        expect(await ids()).toEqual([])
      })
    })

    describe('in order', () => {
      const some = async () => {
        const made = await scene()
        const first = await made.connected({
          accountId: 'b',
          host: 'mid.crm4.dynamics.com',
          username: 'Zoe@x',
        })
        const second = await made.pending({ accountId: 'C' })
        const third = await made.ended('user', {
          accountId: 'a',
          host: 'zoo.crm4.dynamics.com',
          username: 'ada@x',
        })
        const fourth = await made.pending({ accountId: 'c', host: 'ant.crm4.dynamics.com' })
        const rows = { first, second, third, fourth }
        const nameOf = (id: number) =>
          Object.entries(rows).find(([, row]) => row.id === id)?.[0] ?? 'another'
        const names = async (query: Partial<DirectoryQuery>) => (await made.ids(query)).map(nameOf)
        return { ...made, names }
      }

      test.each([
        ['newest', ['fourth', 'third', 'second', 'first']],
        ['oldest', ['first', 'second', 'third', 'fourth']],
        ['account', ['second', 'third', 'first', 'fourth']],
        ['environment', ['fourth', 'first', 'third']],
        ['user', ['third', 'first']],
      ] as const)('%s', async (order, expected) => {
        const { names } = await some()
        for (const pageSize of [1, 2, 10])
          expect(await names({ order, pageSize })).toEqual(expected)
      })

      test('within an account it is that of the ids, whatever order is asked for', async () => {
        const { pending, ids, pages } = await scene()
        const own = [await pending(), await pending(), await pending(), await pending()]
        await pending({ accountId: 'acme2' })
        const expected = ascending(idsOf(own))
        expect(await ids({ accountId: 'acme', order: 'account' })).toEqual(expected)
        const two = [expected.slice(0, 2), expected.slice(2)]
        expect(await pages({ accountId: 'acme', pageSize: 2 })).toEqual(two)
      })
    })

    describe('page by page', () => {
      /** Two dozen that share accounts, environments, users and the time at which they were made. */
      const many = async () => {
        const made = await scene()
        const all: Connection[] = []
        for (let at = 0; at < 24; at += 1) {
          const wanted = {
            accountId: at < 15 ? 'acme' : 'basil',
            host: at % 2 === 0 ? 'one.crm4.dynamics.com' : 'two.crm4.dynamics.com',
            username: at < 20 ? 'ada@x' : 'bob@x',
          }
          if (at % 12 !== 0) made.clock.advance(-MINUTE)
          const who = at % 5 === 0 ? 'user' : undefined
          all.push(await (who ? made.ended(who, wanted) : made.connected(wanted)))
        }
        return { ...made, all }
      }
      const ORDERS: readonly DirectoryOrder[] = [
        'newest',
        'oldest',
        'account',
        'environment',
        'user',
      ]

      test.each(ORDERS)('each appears once, among many equal ones, by %s', async (order) => {
        const { all, pages, ids } = await many()
        const every = ascending(idsOf(all))
        for (const pageSize of [1, 5, 8, 24, 100]) {
          const found = await pages({ order, pageSize })
          expect(ascending(found.flat())).toEqual(every)
          expect(found).toHaveLength(Math.ceil(24 / pageSize))
        }
        const groups = ['user'] as const
        expect(await ids({ order, groups, pageSize: 2 })).toHaveLength(5)
      })

      test.each(['a', 'one', 'ada', 'b'])(
        'each that a search for %s finds appears once',
        async (search) => {
          const { pages } = await many()
          const [all = []] = await pages({ search, pageSize: 100 })
          expect(new Set(all).size).toBe(all.length)
          expect(all.length).toBeGreaterThan(0)
          for (const pageSize of [1, 4, 7]) {
            const found = await pages({ search, pageSize })
            expect(ascending(found.flat())).toEqual(ascending(all))
          }
        },
      )
    })

    describe('by search', () => {
      const some = async () => {
        const made = await scene()
        const user = await made.connected({
          accountId: 'zeta',
          host: 'north.crm4.dynamics.com',
          username: 'Contoso.Admin@x',
        })
        const environment = await made.pending({
          accountId: 'Yota',
          host: 'contoso.crm4.dynamics.com',
        })
        const account = await made.connected({
          accountId: 'contoso-2',
          host: 'contoso.crm.dynamics.com',
          username: 'contoso@x',
        })
        const other = await made.connected({
          accountId: 'Contoso',
          host: 'west.crm4.dynamics.com',
          username: 'eve@x',
        })
        return { ...made, user, environment, account, other }
      }

      test('finds accounts first, then environments, then users, and each once', async () => {
        const { ids, account, environment, user } = await some()
        const expected = idsOf([account, environment, user])
        for (const pageSize of [1, 2, 3, 10]) {
          expect(await ids({ search: 'contoso', pageSize })).toEqual(expected)
        }
      })

      test('finds an account in the case that was typed, and in lower case', async () => {
        const { ids, account, other, environment, user } = await some()
        const expected = idsOf([other, account, environment, user])
        expect(await ids({ search: 'Contoso', pageSize: 1 })).toEqual(expected)
        expect(await ids({ search: 'CONTOSO-2' })).toEqual([account.id])
      })

      test.each([
        'north',
        'NORTH.crm4',
        ' https://north.crm4.dynamics.com ',
        'https://North.crm4.dynamics.com/main.aspx?appid=1#x',
      ])('finds an environment by "%s"', async (search) => {
        const { ids, user } = await some()
        expect(await ids({ search })).toEqual([user.id])
        expect(await ids({ search, accountId: 'zeta' })).toEqual([user.id])
      })

      test.each(['contoso.admin', 'CONTOSO.ADMIN@X'])('finds a user by %s', async (search) => {
        const { ids, user } = await some()
        expect(await ids({ search })).toEqual([user.id])
        expect(await ids({ search, accountId: 'zeta' })).toEqual([user.id])
      })

      test('finds nothing by what stands in the middle, by odd text or by a long one', async () => {
        const { ids } = await some()
        for (const search of [
          'dynamics',
          'toso',
          '*',
          '\u{10ffff}',
          'contoso ä',
          'x'.repeat(5000),
        ]) {
          expect(await ids({ search })).toEqual([])
          expect(await ids({ search, accountId: 'zeta' })).toEqual([])
        }
      })

      test('finds everything by nothing', async () => {
        const { ids } = await some()
        for (const search of ['', '  ']) expect(await ids({ search })).toEqual(await ids())
      })

      test('keeps to the groups', async () => {
        const { ids, environment, account } = await some()
        expect(await ids({ search: 'contoso', groups: ['pending'] })).toEqual([environment.id])
        const groups = ['connected', 'user'] as const
        expect((await ids({ search: 'contoso', groups }))[0]).toBe(account.id)
        expect(await ids({ search: String(account.id), groups: ['pending'] })).toEqual([])
      })

      test('finds the connection of an id first, and once', async () => {
        const { pending, ids, pages } = await scene()
        const exact = await pending()
        const namesake = await pending({ accountId: String(exact.id) })
        const search = String(exact.id)
        expect(await ids({ search })).toEqual(idsOf([exact, namesake]))
        expect(await pages({ search, pageSize: 1 })).toEqual([[exact.id], [namesake.id]])
        expect(await ids({ search: ` ${search} `, accountId: 'acme' })).toEqual([exact.id])
      })

      test('finds nothing by an id that is none', async () => {
        const { pending, ids } = await scene()
        await pending()
        for (const search of [anUnknownId(), 0, 2 ** 31, '00', '1e3', '12345678901']) {
          expect(await ids({ search: String(search) })).toEqual([])
        }
      })

      test('finds the connection of an id once where its user begins with it as well', async () => {
        const { tokenSets, pending, pages } = await scene()
        const created = await pending({ host: 'contoso.crm4.dynamics.com' })
        const search = String(created.id)
        await tokenSets.connect(aSignedIn(created, { user: aUser({ username: `${search}@x` }) }))
        const pageSize = 1
        expect(await pages({ search, pageSize })).toEqual([[created.id]])
        expect(await pages({ search, pageSize, accountId: 'acme' })).toEqual([[created.id]])
      })

      test('finds one once that matches by environment and user', async () => {
        const { connected, ids } = await scene()
        const { id } = await connected({
          host: 'contoso.crm4.dynamics.com',
          username: 'contoso.admin@x',
        })
        expect(await ids({ search: 'contoso', pageSize: 1 })).toEqual([id])
      })
    })

    describe('of one account', () => {
      const two = async () => {
        const made = await scene()
        const own = await made.connected({ accountId: 'own', username: 'ada@x' })
        const second = await made.connected({ accountId: 'own', username: 'ada@x' })
        const foreign = await made.connected({ accountId: 'foreign', username: 'ada@x' })
        const another = await made.connected({ accountId: 'own2', username: 'ada@x' })
        return { ...made, owned: ascending(idsOf([own, second])), foreign, another }
      }

      test('shows no connection of another, whatever is searched for', async () => {
        const { ids, owned, foreign } = await two()
        const accountId = 'own'
        expect(await ids({ accountId })).toEqual(owned)
        for (const search of ['ada', 'contoso']) {
          for (const pageSize of [1, 10]) {
            expect(await ids({ accountId, search, pageSize })).toEqual(owned)
          }
        }
        for (const search of ['foreign', 'own2', String(foreign.id)]) {
          expect(await ids({ accountId, search })).toEqual([])
        }
        expect(await ids({ accountId: 'nobodys' })).toEqual([])
      })

      test('shows no connection of another, wherever the cursor comes from', async () => {
        const { find } = await two()
        const pageSize = 1
        const cursors = [
          await find({ pageSize }),
          await find({ pageSize, order: 'account' }),
          await find({ pageSize, search: 'ada' }),
          await find({ pageSize, search: 'ada', accountId: 'own' }),
          await find({ pageSize, accountId: 'own' }),
        ]
        for (const { next: after } of cursors) {
          expect(after).toBeDefined()
          const page = await find({ accountId: 'foreign', after }).catch(() => ({
            connections: [],
          }))
          const accounts = page.connections.map(({ accountId }) => accountId)
          expect(accounts.filter((accountId) => accountId !== 'foreign')).toEqual([])
        }
      })

      test('pages through what is found among many others', async () => {
        const { pending, ids, pages, ended } = await scene()
        const wanted: number[] = []
        for (let at = 0; at < 12; at += 1) {
          const { id } = at % 4 === 0 ? await ended('user') : await pending()
          if (at % 4 === 0) wanted.push(id)
        }
        const query = { accountId: 'acme', groups: ['user'] } as const
        expect(await ids(query)).toEqual(ascending(wanted))
        expect((await pages({ ...query, pageSize: 1 })).flat()).toEqual(ascending(wanted))
      })
    })

    describe('a cursor', () => {
      const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const MALFORMED = ['', 'x', '%', encoded(1), encoded([]), encoded({}), encoded({ list: 0 })]

      test.each([
        ...MALFORMED,
        encoded({ list: -1, passed: {} }),
        encoded({ list: 9, passed: {} }),
        encoded({ list: 0, at: '', passed: {} }),
        encoded({ list: 0, at: 1, passed: { p0: 'x' } }),
        encoded({ list: 0, at: 1, passed: null }),
        encoded({ list: 0, at: {}, passed: {} }),
      ])('that nobody was given is refused: %s', async (after) => {
        const { pending, find } = await scene()
        await pending()
        const refusal = {
          code: 'request_invalid',
          message: expect.stringContaining('start the list again'),
        }
        await expect(find({ after })).rejects.toMatchObject(refusal)
        await expect(find({ after, order: 'account' })).rejects.toMatchObject(refusal)
      })

      test('longer than what it could stand for is refused', async () => {
        const { find } = await scene()
        const after = encoded({ list: 0, at: 'x'.repeat(1025), passed: {} })
        const refused = find({ after, order: 'account' })
        await expect(refused).rejects.toMatchObject({ code: 'request_invalid' })
      })

      test.each(MALFORMED)(
        'that nobody was given is refused within an account: %s',
        async (after) => {
          const { find } = await scene()
          const query = { accountId: 'acme', after }
          await expect(find(query)).rejects.toMatchObject({ code: 'request_invalid' })
        },
      )

      test('of another search is refused, or finds no more than the search does', async () => {
        const { pending, find } = await scene()
        for (const accountId of ['zeta', 'zeta', 'acme', 'acme']) await pending({ accountId })
        for (const [other, search] of [
          ['zeta', 'acme'],
          ['acme', 'zeta'],
        ] as const) {
          const { next: after } = await find({ search: other, pageSize: 1 })
          const found = await find({ search, after }).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'request_invalid' })
            return { connections: [] }
          })
          const accounts = found.connections.map(({ accountId }) => accountId)
          expect(accounts.filter((accountId) => accountId !== search)).toEqual([])
        }
      })

      test('of another order is refused', async () => {
        const { pending, find } = await scene()
        await pending()
        await pending()
        const { next: byTime } = await find({ pageSize: 1 })
        const { next: byAccount } = await find({ pageSize: 1, order: 'account' })
        const refusal = { code: 'request_invalid' }
        await expect(find({ after: byTime, order: 'account' })).rejects.toMatchObject(refusal)
        await expect(find({ after: byAccount })).rejects.toMatchObject(refusal)
        const ofAccount = { after: byAccount, accountId: 'acme' }
        await expect(find(ofAccount)).rejects.toMatchObject(refusal)
      })
    })

    describe('while connections change', () => {
      const five = async () => {
        const made = await scene()
        const all: Connection[] = []
        for (let at = 0; at < 5; at += 1) all.push(await made.connected())
        const [a, b, c, d, e] = all.toReversed().map(({ id, accountId }) => ({ id, accountId }))
        if (!(a && b && c && d && e)) throw new Error('there are not five')
        return { ...made, five: [a, b, c, d, e] as const }
      }

      test('one that changes its group after it was shown is not shown again', async () => {
        const {
          connections,
          find,
          five: [a, b, c, d, e],
        } = await five()
        const { next: after } = await find({ pageSize: 2 })
        await connections.disconnect(a)
        await connections.disconnect(b)
        const rest = await find({ after })
        expect(idsOf(rest.connections)).toEqual([c.id, d.id, e.id])
      })

      test('one that changes its group before its turn is shown as it is then', async () => {
        const {
          connections,
          find,
          five: [, , c, d, e],
        } = await five()
        const { next: after } = await find({ pageSize: 2 })
        await connections.disconnect(d)
        const { connections: rest } = await find({ after })
        expect(rest.map(({ id, ...it }) => [id, groupOf(it)])).toEqual([
          [c.id, 'connected'],
          [d.id, 'disconnected'],
          [e.id, 'connected'],
        ])
      })

      test('one that leaves the groups asked for is shown no more, and the others are', async () => {
        const {
          connections,
          find,
          five: [, b, c, d, e],
        } = await five()
        const groups = ['connected'] as const
        const { next: after } = await find({ pageSize: 2, groups })
        await connections.disconnect(b)
        await connections.disconnect(c)
        const rest = await find({ after, groups })
        expect(idsOf(rest.connections)).toEqual([d.id, e.id])
      })

      test.each<DirectoryOrder>(['newest', 'account', 'environment'])(
        'the list by %s goes on where it was when what was shown last is gone',
        async (order) => {
          const { connections, tokenSets, find, five: all } = await five()
          const { connections: shown, next: after } = await find({ order, pageSize: 2 })
          for (const row of shown) await connections.remove(present(await tokenSets.read(row.id)))
          const rest = await find({ order, after })
          const left = all.filter(({ id }) => !idsOf(shown).includes(id))
          expect(ascending(idsOf(rest.connections))).toEqual(ascending(left.map(({ id }) => id)))
        },
      )

      test('a new one does not move the others', async () => {
        const {
          pending,
          find,
          five: [, , c, d, e],
        } = await five()
        const { next: after } = await find({ pageSize: 2 })
        await pending()
        expect(idsOf((await find({ after })).connections)).toEqual([c.id, d.id, e.id])
      })
    })
  })
}
