import { describe, expect, test } from 'vitest'
import { newApiAccess, newApiClient } from '../../../../functions/domain/stored-api-access.ts'
import { newKeyring } from '../../../../functions/domain/stored-keyring.ts'
import { secretProblems } from '../../../../infra/operate/secret-problems.ts'

const CLIENT_ID = '11111111-2222-3333-4444-555555555555'
const KEY = Buffer.alloc(32).toString('base64url')

describe('what a secret lacks', () => {
  test.each([
    ['keyring', newKeyring()],
    ['keyring', { active: 'k1', k1: KEY }],
    ['apiAccess', newApiAccess([newApiClient('partner')])],
    ['appCredential', { clientId: CLIENT_ID, clientSecret: 'abc8Q~value' }],
    ['appCredential', { clientId: CLIENT_ID, federated: true }],
  ] as const)('is nothing for a filled %s', (kind, value) => {
    expect(secretProblems(kind, JSON.stringify(value))).toEqual([])
  })

  test.each([undefined, '', 'Zx{9', '[]', '12'])('is everything where it holds %j', (text) => {
    expect(secretProblems('keyring', text)).toEqual(['is not filled'])
  })

  test.each([
    ['keyring', {}, ['lacks "active"', 'lacks "keys"']],
    ['keyring', { active: 'k1', keys: {} }, ['names "k1" as active, which is not among its keys']],
    [
      'keyring',
      { active: 'k1', keys: { k1: 'short' } },
      ['has a "keys.k1" that is not 32 bytes in base64url'],
    ],
    ['apiAccess', { clients: [] }, ['lacks "signingKey"', 'has no API client']],
    [
      'apiAccess',
      { signingKey: 'short', clients: [{}] },
      ['has a "signingKey" that is not 32 bytes in base64url'],
    ],
    ['apiAccess', { signingKey: KEY, clients: [{}] }, ['holds JSON of another shape']],
    ['appCredential', {}, ['lacks "clientId"', 'lacks "clientSecret"']],
    ['appCredential', { clientId: CLIENT_ID }, ['lacks "clientSecret"']],
    [
      'appCredential',
      { clientId: CLIENT_ID, clientSecret: 'placeholder' },
      ['still has a placeholder for "clientSecret"'],
    ],
    [
      'appCredential',
      { clientId: '<your app>', clientSecret: 7 },
      ['still has a placeholder for "clientId"', 'has a "clientSecret" that is no text'],
    ],
  ] as const)('is named by its members: %s %j', (kind, value, problems) => {
    expect(secretProblems(kind, JSON.stringify(value))).toEqual(problems)
  })

  test('never repeats a secret, also one that is a secret id', () => {
    const value = { clientId: CLIENT_ID, clientSecret: '99999999-8888-7777-6666-555555555555' }
    const [problem] = secretProblems('appCredential', JSON.stringify(value))
    expect(problem).toMatch(/"Secret ID" .* paste its "Value"/)
    expect(problem).not.toContain('99999999')
  })
})
