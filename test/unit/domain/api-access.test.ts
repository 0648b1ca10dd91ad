import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  type ApiAccess,
  authenticatedClient,
  lookUp,
} from '../../../functions/domain/api-access.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'

const SECRET = randomBytes(32).toString('base64url')
const ONE = { clientId: 'one', secretHash: digestOf(SECRET), accountId: undefined }
const OTHER = { clientId: 'other', secretHash: digestOf('another'), accountId: 'account-1' }

const accessOf = (...clients: ApiAccess['clients']): ApiAccess => ({
  signingKey: createSecretKey(randomBytes(32)),
  clients,
})

test('the client that the secret belongs to is authenticated, with its account', () => {
  const access = accessOf(ONE, OTHER)
  expect(authenticatedClient(access, { clientId: 'one', clientSecret: SECRET })).toEqual(ONE)
  expect(authenticatedClient(access, { clientId: 'other', clientSecret: 'another' })).toEqual(OTHER)
})

test.each([
  ['a wrong secret', 'one', 'wrong'],
  ["another client's secret", 'one', 'another'],
  ['an empty secret', 'one', ''],
  ['the stored hash', 'one', ONE.secretHash],
  ['an unknown client', 'nobody', SECRET],
  ['an empty client', '', ''],
  ['a client by the name of a property', 'constructor', SECRET],
  ['a client in other letters', 'ONE', SECRET],
])('%s is refused', (_, clientId, clientSecret) => {
  expect(authenticatedClient(accessOf(ONE, OTHER), { clientId, clientSecret })).toBeUndefined()
})

test.each(['', 'short', `${digestOf(SECRET)}AAAA`])(
  'a stored hash of the wrong length (%j) lets nobody in, and does not throw',
  (secretHash) => {
    const access = accessOf({ ...ONE, secretHash })
    for (const clientSecret of ['', SECRET, secretHash]) {
      expect(authenticatedClient(access, { clientId: 'one', clientSecret })).toBeUndefined()
    }
  },
)

test('without clients, nobody is let in', () => {
  const credential = { clientId: 'one', clientSecret: SECRET }
  expect(authenticatedClient(accessOf(), credential)).toBeUndefined()
})

test('a client that was added a moment ago is looked up in what is stored now, and only then', async () => {
  const reads: boolean[] = []
  const read = async ({ reread } = { reread: false }) => {
    reads.push(reread)
    return reread ? accessOf(ONE, OTHER) : accessOf(ONE)
  }
  const look = (clientId: string) =>
    lookUp(read, ({ clients }) => clients.find((client) => client.clientId === clientId))
  expect(await look('one')).toBe(ONE)
  expect(reads).toEqual([false])
  expect(await look('other')).toBe(OTHER)
  expect(await look('nobody')).toBeUndefined()
  expect(reads).toEqual([false, false, true, false, true])
})

test('a client that is not known is not there either while the store does not answer', async () => {
  const read = async ({ reread } = { reread: false }) => {
    if (reread) throw new TypeError('no answer')
    return accessOf(ONE)
  }
  expect(await lookUp(read, () => undefined)).toBeUndefined()
})
