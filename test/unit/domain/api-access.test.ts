import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type ApiAccess, authenticatedClient } from '../../../functions/domain/api-access.ts'
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
