import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  newApiAccess,
  newApiClient,
  storedApiAccessOf,
} from '../../../functions/domain/stored-api-access.ts'

const A_KEY = Buffer.alloc(32, 7).toString('base64url')

describe('new API access', () => {
  test('keeps the hash of a client secret, not the secret', () => {
    const client = newApiClient('partner')
    const access = newApiAccess([client])
    const secretHash = createHash('sha256').update(client.clientSecret).digest('base64url')
    expect(access.clients).toEqual([{ clientId: 'partner', secretHash }])
    expect(JSON.stringify(access)).not.toContain(client.clientSecret)
  })

  test('keeps a signing key that is there', () => {
    expect(newApiAccess([], A_KEY)).toEqual({ signingKey: A_KEY, clients: [] })
    expect(newApiAccess([]).signingKey).not.toBe(newApiAccess([]).signingKey)
  })

  test('keeps the account of a client that has one', () => {
    const access = newApiAccess([{ clientId: 'c', clientSecret: 's', accountId: 'contoso' }])
    expect(access.clients[0]).toMatchObject({ clientId: 'c', accountId: 'contoso' })
  })
})

describe('a value is recognised', () => {
  test('when it was made here', () => {
    const client = { clientId: 'c', clientSecret: 's', accountId: 'a' }
    for (const access of [newApiAccess([client]), newApiAccess([])]) {
      expect(storedApiAccessOf(access)).toEqual(access)
    }
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
    expect(storedApiAccessOf(value)).toBeUndefined()
  })
})
