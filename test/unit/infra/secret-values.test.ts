import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  appCredential,
  isApiAccess,
  isAppCredential,
  isKeyring,
  newApiAccess,
  newApiClient,
  newKeyring,
} from '../../../infra/secret-values.ts'

const A_KEY = Buffer.alloc(32, 7).toString('base64url')

describe('a new keyring', () => {
  test('has one key of 256 bits, which is active', () => {
    const keyring = newKeyring()
    expect(keyring).toEqual({ active: 'k1', keys: { k1: expect.stringMatching(/^[\w-]{43}$/) } })
    expect(Buffer.from(keyring.keys.k1 ?? '', 'base64url')).toHaveLength(32)
  })

  test('is another one each time', () => {
    expect(newKeyring()).not.toEqual(newKeyring())
  })
})

describe('new API access', () => {
  test('keeps the hash of a client secret, not the secret', () => {
    const client = newApiClient('partner')
    const access = newApiAccess([client])
    const secretHash = createHash('sha256').update(client.clientSecret).digest('base64url')
    expect(access.clients).toEqual([{ clientId: 'partner', secretHash }])
    expect(JSON.stringify(access)).not.toContain(client.clientSecret)
  })

  test('keeps the account of a client that has one', () => {
    const access = newApiAccess([{ clientId: 'c', clientSecret: 's', accountId: 'contoso' }])
    expect(access.clients[0]).toMatchObject({ clientId: 'c', accountId: 'contoso' })
  })
})

describe('a value is recognised', () => {
  test('when it was made here', () => {
    const client = { clientId: 'c', clientSecret: 's', accountId: 'a' }
    expect(isKeyring(newKeyring())).toBe(true)
    expect(isApiAccess(newApiAccess([client]))).toBe(true)
    expect(isApiAccess(newApiAccess([]))).toBe(true)
    expect(isAppCredential(appCredential({ clientId: 'c', clientSecret: 's' }))).toBe(true)
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'k1'],
    ['a list', []],
    ['no keys', { active: 'k1' }],
    ['an active key that is not there', { active: 'k2', keys: { k1: A_KEY } }],
    ['an active key by the name of a method', { active: 'toString', keys: { k1: A_KEY } }],
    ['a short key', { active: 'k1', keys: { k1: 'c2hvcnQ' } }],
    ['a key that is no text', { active: 'k1', keys: { k1: 7 } }],
  ])('as no keyring: %s', (_name, value) => {
    expect(isKeyring(value)).toBe(false)
  })

  test.each([
    ['no clients', { signingKey: A_KEY }],
    ['a short signing key', { signingKey: 'short', clients: [] }],
    ['a client without a hash', { signingKey: A_KEY, clients: [{ clientId: 'c' }] }],
    [
      'a client whose account is no text',
      { signingKey: A_KEY, clients: [{ clientId: 'c', secretHash: 'h', accountId: 7 }] },
    ],
  ])('as no API access: %s', (_name, value) => {
    expect(isApiAccess(value)).toBe(false)
  })

  test.each([
    ['no client secret', { clientId: 'c' }],
    ['an empty client secret', { clientId: 'c', clientSecret: '' }],
    ['a list', ['c', 's']],
  ])('as no app credential: %s', (_name, value) => {
    expect(isAppCredential(value)).toBe(false)
  })
})
