import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { dynamodbConnectionCounts } from '../../functions/adapters/dynamodb-connection-counts.ts'
import { dynamodbConnectionDirectory } from '../../functions/adapters/dynamodb-connection-directory.ts'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbDueConnections } from '../../functions/adapters/dynamodb-due-connections.ts'
import { dynamodbTokenSets } from '../../functions/adapters/dynamodb-token-sets.ts'
import { CONNECTIONS_TABLE, DUE_INDEX } from '../../functions/adapters/table-schema.ts'
import type { Clock } from '../../functions/domain/clock.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import {
  type ConnectionDirectory,
  DIRECTORY_PAGE_LIMIT,
  type DirectoryQuery,
} from '../../functions/domain/connection-directory.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import { aNewConnection, aSealedTokenSet, aSignedIn, aUser } from '../support/builders.ts'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { type ReadUsage, readMeterOf } from '../support/read-meter.ts'
import {
  LARGE_ACCOUNT,
  type StoredItem,
  seedDirectory,
  storedItem,
  templatesOf,
} from '../support/seed-directory.ts'
import { connectionDirectoryContract } from './connection-directory-contract.ts'

function storeIn({ client, connectionsTable: table }: TestDynamodb, now: Clock): ConnectionStore {
  return {
    connections: dynamodbConnections(client, { table, now }),
    tokenSets: dynamodbTokenSets(client, { table }),
    dueConnections: dynamodbDueConnections(client, { table }),
    countConnections: dynamodbConnectionCounts(client, { table }),
  }
}

connectionDirectoryContract('DynamoDB', async (now) => {
  const own = await startDynamodb()
  onTestFinished(own.stop)
  const directory = dynamodbConnectionDirectory(own.client, { table: own.connectionsTable })
  return { store: storeIn(own, now), directory }
})

/** The attributes that an index has of an item, but for those of the due index. */
const INDEXED = CONNECTIONS_TABLE.indexes
  .filter(({ name }) => name !== DUE_INDEX)
  .flatMap(({ partitionKey, sortKey, carries }) => [partitionKey.name, sortKey.name, ...carries])

test('the refresh of a healthy connection changes nothing that an index has, but when it is due', async () => {
  const own = await startDynamodb()
  onTestFinished(own.stop)
  const { connections, tokenSets } = storeIn(own, () => at(0))
  const created = await connections.create(aNewConnection())
  await tokenSets.connect(aSignedIn(created, { user: aUser({ username: 'Ada@x' }) }))
  const before = await storedItem(own, created.id)
  const due = { nextRefreshAt: at(MINUTE), hotUntil: at(MINUTE) }
  const refreshed = { connectionId: created.id, expectedGeneration: 1, tokenSet: aSealedTokenSet() }
  expect(await tokenSets.replace({ ...refreshed, ...due })).toBe(true)
  const after = await storedItem(own, created.id)
  const indexed = (item: StoredItem) => INDEXED.map((name) => [name, item[name]])
  expect(after.generation).not.toEqual(before.generation)
  expect(indexed(after)).toEqual(indexed(before))
  // It has all of them but a reason, which a healthy one lacks before and after.
  expect(indexed(after).filter(([, value]) => value === undefined)).toEqual([['reason', undefined]])
})

describe('while a page is read', () => {
  interface Six extends Pick<ConnectionStore, 'connections' | 'tokenSets'> {
    readonly all: readonly Connection[]
  }
  /** What is done before and after a call, which is told by its name and its input as JSON. */
  interface Hooks {
    readonly before: (six: Six, call: string) => Promise<void>
    readonly after?: (call: string) => void
  }

  /** A directory of six connections of one account without a sign-in. */
  async function directoryOfSix({ before, after = () => {} }: Hooks): Promise<ConnectionDirectory> {
    const dynamodb = await startDynamodb()
    const client = dynamodb.newClient()
    onTestFinished(async () => {
      client.destroy()
      await dynamodb.stop()
    })
    const { connections, tokenSets } = storeIn(dynamodb, () => at(0))
    const create = () => connections.create(aNewConnection({ accountId: 'acme' }))
    const all = await Promise.all(Array.from({ length: 6 }, create))
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const call = `${commandName} ${JSON.stringify(args.input)}`
          await before({ connections, tokenSets, all }, call)
          const result = await next(args)
          after(call)
          return result
        },
      { step: 'initialize' },
    )
    return dynamodbConnectionDirectory(client, { table: dynamodb.connectionsTable })
  }

  const QUERY: DirectoryQuery = {
    groups: [],
    search: undefined,
    order: 'account',
    accountId: undefined,
    pageSize: 10,
    after: undefined,
  }

  test('what leaves its group or is deleted is not shown, though an index had it', async () => {
    const directory = await directoryOfSix({
      before: async ({ connections, all: [one, other] }, call) => {
        if (!call.startsWith('BatchGetItem') || !one || !other) return
        await connections.disconnect(one)
        await connections.remove(other)
      },
    })
    const page = await directory.find({ ...QUERY, groups: ['pending'] })
    expect(page.connections.map(({ status }) => status)).toEqual(Array(4).fill('pending'))
  })

  test('what is met in two groups is shown once, as it is then', async () => {
    const read = new Set<string>()
    const bothRead = Promise.withResolvers<void>()
    let connecting: Promise<unknown> | undefined
    const directory = await directoryOfSix({
      before: async ({ tokenSets, all }, call) => {
        if (!/"c[01]"/.test(call)) return
        await bothRead.promise
        connecting ??= Promise.all(all.map((created) => tokenSets.connect(aSignedIn(created))))
        await connecting
      },
      after: (call) => {
        const [partition] = /"p[01]"/.exec(call) ?? []
        if (partition) read.add(partition)
        if (read.size === 2) bothRead.resolve()
      },
    })
    const { connections } = await directory.find(QUERY)
    expect(connections.map(({ status }) => status)).toEqual(Array(6).fill('connected'))
  })
})

describe('among 10,000 connections', () => {
  const FEWER = 4000
  const ALL = 10_000
  /** What one Query of DynamoDB reads at most. */
  const LARGEST_PAGE = 1024 * 1024

  let directory: ConnectionDirectory
  let used: () => ReadUsage
  const amongFewer = new Map<string, ReadUsage>()

  beforeAll(async () => {
    const own = await startDynamodb()
    const client = own.newClient()
    used = readMeterOf(client)
    directory = dynamodbConnectionDirectory(client, { table: own.connectionsTable })
    const templates = await templatesOf(
      own,
      storeIn(own, () => at(0)),
    )
    await seedDirectory(own, templates, { from: 0, to: FEWER })
    for (const [name, query] of PAGES) amongFewer.set(name, (await costOf(query)).usage)
    await seedDirectory(own, templates, { from: FEWER, to: ALL })
    return async () => {
      client.destroy()
      await own.stop()
    }
  })

  async function costOf(query: Partial<DirectoryQuery>) {
    used()
    const page = await directory.find({ ...FIRST_PAGE, ...query })
    return { page, usage: used() }
  }

  const FIRST_PAGE: DirectoryQuery = {
    groups: [],
    search: undefined,
    order: 'newest',
    accountId: undefined,
    pageSize: DIRECTORY_PAGE_LIMIT,
    after: undefined,
  }
  const behind = (position: object) =>
    Buffer.from(JSON.stringify({ passed: {}, ...position })).toString('base64url')

  /** Of each page the rows that it has, and the queries that it takes. */
  const PAGES: readonly [
    string,
    Partial<DirectoryQuery>,
    readonly [rows: number, queries: number],
  ][] = [
    ['the newest', {}, [100, 14]],
    ['the fifty newest', { pageSize: 50 }, [50, 14]],
    ['the oldest of some groups', { order: 'oldest', groups: ['user', 'nobody'] }, [100, 4]],
    ['by account', { order: 'account' }, [100, 14]],
    ['by environment', { order: 'environment' }, [100, 14]],
    ['by user', { order: 'user' }, [100, 14]],
    ['the connected ones by user', { order: 'user', groups: ['connected'] }, [100, 2]],
    ['the middle', { after: behind({ list: 0, at: at(200 * MINUTE).getTime() }) }, [100, 14]],
    ['what a search for all finds', { search: 'customer' }, [100, 14]],
    ['what it found', { search: 'customer', after: behind({ list: 1 }) }, [0, 14]],
    ['what it found twice', { search: 'customer', after: behind({ list: 2 }) }, [0, 14]],
    ['a few of a search', { search: 'customer-77.crm' }, [2, 42]],
    ['a user', { search: 'CUSTOMER-78@contoso' }, [1, 42]],
    ['an id', { search: '3999' }, [1, 42]],
    ['none', { search: 'nobody' }, [0, 42]],
    ['a large account', { accountId: LARGE_ACCOUNT }, [100, 1]],
    ['those that it has in a group', { accountId: LARGE_ACCOUNT, groups: ['pending'] }, [7, 1]],
    ['a search in it', { accountId: LARGE_ACCOUNT, search: 'customer-100@' }, [1, 1]],
  ]

  test.each(PAGES)(
    'a page costs no more than among fewer, and no scan: %s',
    async (name, query, [rows, queries]) => {
      const { page, usage } = await costOf(query)
      expect(page.connections).toHaveLength(rows)
      expect(usage.calls.Query).toBe(queries)
      expect(usage.bytes).toBeLessThan(LARGEST_PAGE)
      const fewer = amongFewer.get(name)
      expect(usage.calls).toEqual(fewer?.calls)
      expect(usage.bytes).toBeLessThan(1.1 * (fewer?.bytes ?? 0))
    },
  )
})
