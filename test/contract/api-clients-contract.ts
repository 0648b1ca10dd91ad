import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ApiClientStore } from '../../functions/domain/api-client-store.ts'
import type { Clock } from '../../functions/domain/clock.ts'
import { newApiAccess, type StoredApiAccess } from '../../functions/domain/stored-api-access.ts'
import { at } from '../fakes/hand-clock.ts'

const now: Clock = () => at(7)
const SETUP = newApiAccess([{ clientId: 'partner', clientSecret: 'canary-secret' }])

/** What every store of API clients promises, beginning with what is stored. */
export function apiClientsContract(
  name: string,
  makeStore: (stored: StoredApiAccess, now: Clock) => Promise<ApiClientStore>,
): void {
  const store = (stored = SETUP) => makeStore(stored, now)
  const idsOf = async (clients: ApiClientStore) =>
    (await clients.list()).map(({ clientId }) => clientId)

  describe(`${name}: API clients`, () => {
    test('are listed without anything that proves them', async () => {
      const clients = await store()
      const { outcome } = await clients.add({ clientId: 'one-account', accountId: 'contoso' })
      expect(outcome).toBe('added')
      expect(await clients.list()).toEqual([
        { clientId: 'partner', accountId: undefined, createdAt: undefined },
        { clientId: 'one-account', accountId: 'contoso', createdAt: at(7) },
      ])
    })

    test('get a secret of 256 random bits, another one each', async () => {
      const clients = await store()
      const added = await Promise.all([
        clients.add({ clientId: 'abc' }),
        clients.add({ clientId: `${'x'.repeat(60)}._-9` }),
      ])
      const secrets = added.map((one) => (one.outcome === 'added' ? one.clientSecret : ''))
      expect(secrets.map((secret) => Buffer.from(secret, 'base64url').length)).toEqual([32, 32])
      expect(new Set(secrets).size).toBe(2)
    })

    test.each(['', 'ab', 'x'.repeat(65), 'a b c', 'a/b/c', 'münchen', 'abc\n'])(
      'are not called %j',
      async (clientId) => {
        const clients = await store()
        expect(await clients.add({ clientId })).toEqual({ outcome: 'client_id_invalid' })
        expect(await idsOf(clients)).toEqual(['partner'])
      },
    )

    test.each(['', ' contoso', 'contoso\n', 'münchen', 'x'.repeat(129)])(
      'are not for the account %j',
      async (accountId) => {
        const clients = await store()
        const added = await clients.add({ clientId: 'other', accountId })
        expect(added).toEqual({ outcome: 'account_id_invalid' })
        expect(await idsOf(clients)).toEqual(['partner'])
      },
    )

    test('do not share an id', async () => {
      const clients = await store()
      expect(await clients.add({ clientId: 'partner' })).toEqual({ outcome: 'client_id_in_use' })
    })

    test('that are added at the same time are all there', async () => {
      const clients = await store()
      const names = ['first', 'second', 'third', 'fourth']
      const added = await Promise.all(names.map((clientId) => clients.add({ clientId })))
      expect(added.map(({ outcome }) => outcome)).toEqual(names.map(() => 'added'))
      expect((await idsOf(clients)).toSorted()).toEqual(['partner', ...names].toSorted())
    })

    test('of which one id is added twice at the same time get it once', async () => {
      const clients = await store()
      const added = await Promise.all([1, 2].map(() => clients.add({ clientId: 'new' })))
      expect(added.map(({ outcome }) => outcome).toSorted()).toEqual(['added', 'client_id_in_use'])
    })

    test('that are removed are gone, with every secret that they had', async () => {
      const twice = newApiAccess([
        { clientId: 'partner', clientSecret: 'canary-1' },
        { clientId: 'old', clientSecret: 'canary-2' },
        { clientId: 'old', clientSecret: 'canary-3' },
      ])
      const clients = await store(twice)
      expect(await clients.remove('old', { mayBeLast: false })).toEqual({ outcome: 'removed' })
      expect(await idsOf(clients)).toEqual(['partner'])
      expect(await clients.remove('old', { mayBeLast: false })).toEqual({ outcome: 'unknown' })
    })

    test('keep the last one that sees all accounts, unless it may go', async () => {
      const clients = await store()
      await clients.add({ clientId: 'one-account', accountId: 'contoso' })
      expect(await clients.remove('partner', { mayBeLast: false })).toEqual({ outcome: 'is_last' })
      expect(await clients.remove('one-account', { mayBeLast: false })).toEqual({
        outcome: 'removed',
      })
      expect(await idsOf(clients)).toEqual(['partner'])
      expect(await clients.remove('partner', { mayBeLast: true })).toEqual({ outcome: 'removed' })
      expect(await idsOf(clients)).toEqual([])
    })

    test('have a limit, and say so', async () => {
      const secretHash = createHash('sha256').update('canary').digest('base64url')
      const many = Array.from({ length: 650 }, (_, index) => ({
        clientId: `client-${index}`,
        secretHash,
        accountId: `account-${index}`,
      }))
      const clients = await store({ ...SETUP, clients: many })
      expect(await clients.add({ clientId: 'one-more' })).toEqual({ outcome: 'too_many' })
    })
  })
}
