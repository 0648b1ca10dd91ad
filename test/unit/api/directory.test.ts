import { describe, expect, test } from 'vitest'
import { accountConnector } from '../../../functions/http/account-connector.ts'
import { SECOND } from '../../fakes/hand-clock.ts'
import { aNewConnection } from '../../support/builders.ts'
import { connectedIn, storedIn } from '../../support/world.ts'
import { BOUND, bearer, PARTNER } from '../support/api-clients.ts'
import type { EventParts } from '../support/http-event.ts'
import { apiScene, refusal } from './support.ts'

const ROUTE = 'GET /v1.0/accounts/connectors'

interface Page {
  readonly Connectors: readonly { readonly Id: number; readonly AccountId: string }[]
  readonly Next: string | null
}

/** Five connections of two accounts and a connected one of a third, a second apart. */
async function scene() {
  const all = apiScene()
  const { world, callAs } = all
  const ids: number[] = []
  for (const accountId of ['acme', 'contoso', 'acme', 'contoso', 'contoso']) {
    world.clock.advance(SECOND)
    ids.push((await world.connections.create(aNewConnection({ accountId }))).id)
  }
  world.clock.advance(SECOND)
  const { connection } = await connectedIn(world)
  ids.push(connection.id)
  const list = async (query: EventParts['query'] = '', headers: EventParts['headers'] = {}) =>
    callAs({ ...(await bearer()), ...headers }, ROUTE, { query })
  const page = async (query: EventParts['query'] = '') => (await list(query)).body as Page
  return { ...all, ids, connection, list, page }
}

describe('the account connectors of all accounts', () => {
  test('are listed oldest first, each with its account and as it is read by itself', async () => {
    const { page, ids, world } = await scene()
    const { Connectors, Next } = await page()
    expect(Connectors.map(({ Id }) => Id)).toEqual(ids)
    expect(Next).toBeNull()
    const stored = await Promise.all(ids.map((id) => storedIn(world, id)))
    const expected = stored.map((one) => ({ AccountId: one.accountId, ...accountConnector(one) }))
    expect(Connectors).toEqual(JSON.parse(JSON.stringify(expected)))
  })

  test('come in pages, each going on where the one before ended', async () => {
    const { page, ids } = await scene()
    const seen: number[] = []
    let after = ''
    do {
      const { Connectors, Next } = await page({ pageSize: '4', after })
      expect(Connectors.length).toBeLessThanOrEqual(4)
      seen.push(...Connectors.map(({ Id }) => Id))
      after = Next ?? ''
    } while (after !== '')
    expect(seen).toEqual(ids)
  })

  test('are 25 to a page unless more are asked for, up to 100', async () => {
    const { page, world } = await scene()
    for (let more = 0; more < 120; more += 1) await world.connections.create(aNewConnection())
    expect((await page()).Connectors).toHaveLength(25)
    expect((await page('pageSize=100')).Connectors).toHaveLength(100)
  })

  test('show no token', async () => {
    const { list, world } = await scene()
    const { text } = await list()
    for (const token of world.minter.tokens) expect(text).not.toContain(token)
  })

  test('are none where there is none', async () => {
    const { callAs } = apiScene()
    const { status, body } = await callAs(await bearer(), ROUTE)
    expect([status, body]).toEqual([200, { Connectors: [], Next: null }])
  })

  test.each([
    ['a client is bound to', {}, 'one-account'],
    ['the header names', { 'x-cyclr-account': 'contoso' }, 'partner'],
  ])('are those of one account that %s', async (_, headers, clientId) => {
    const { list, ids } = await scene()
    const client = clientId === BOUND.clientId ? BOUND : PARTNER
    const own = { ...(await bearer(client)), ...headers }
    const { status, body } = await list('', own)
    const { Connectors, Next } = body as Page
    expect([status, Next]).toEqual([200, null])
    const numbers = Connectors.map(({ Id }) => Id).toSorted((one, other) => one - other)
    expect(numbers).toEqual(
      ids.filter((__, index) => [1, 3, 4].includes(index)).toSorted((one, other) => one - other),
    )
  })

  test('are of no other account than its own to a bound client with a cursor of all', async () => {
    const { list, page } = await scene()
    const { Next } = await page('pageSize=1')
    const { status, body } = await list({ after: Next ?? '' }, await bearer(BOUND))
    const { Connectors = [] } = body as Partial<Page>
    expect([200, 400]).toContain(status)
    expect(Connectors.filter(({ AccountId }) => AccountId !== BOUND.accountId)).toEqual([])
  })

  test('are for nobody without a bearer token', async () => {
    const { callAs } = await scene()
    for (const headers of [{}, { authorization: 'Bearer canary' }]) {
      expect(await callAs(headers, ROUTE)).toMatchObject({ status: 401 })
    }
  })

  test.each([
    'after=canary',
    'after=e30',
    'pageSize=0',
    'pageSize=101',
    'pageSize=x',
    'pageSize=1&pageSize=2',
    'after=a&after=b',
  ])('are refused for the query %s', async (query) => {
    const { list } = await scene()
    const refused = await list(query)
    expect(refused).toMatchObject({ status: 400, body: refusal('request_invalid') })
    expect(refused.text).not.toContain('canary')
  })
})
