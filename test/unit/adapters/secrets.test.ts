import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { secretsManagerApiAccess } from '../../../functions/adapters/secrets-manager-api-access.ts'
import { secretsManagerAppCredentials } from '../../../functions/adapters/secrets-manager-app-credentials.ts'
import { secretsManagerKeyring } from '../../../functions/adapters/secrets-manager-keyring.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { handClock } from '../../fakes/hand-clock.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import { SECRET_ARN, secretsServer } from './secrets-server.ts'

const { now } = handClock()
const options = { secretArn: SECRET_ARN, now }
const IDENTITY = 'canary-identity-token'
const CERTIFICATE = selfSigned()
const ELLIPTIC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

const readers = {
  credential: async (secret: string | object) =>
    secretsManagerAppCredentials((await secretsServer(secret)).client, {
      ...options,
      readIdentityToken: async () => IDENTITY,
      tellNewestRejected: () => undefined,
    }).read(),
  keyring: async (secret: string | object) =>
    secretsManagerKeyring((await secretsServer(secret)).client, options)(),
  apiAccess: async (secret: string | object) =>
    secretsManagerApiAccess((await secretsServer(secret)).client, options)(),
}

/** Reading it fails, says which secret it is, and shows nothing of it. */
async function expectUnreadable(read: Promise<unknown>): Promise<void> {
  const error = await read.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ServiceError)
  expect(error).toMatchObject({ code: 'secret_unreadable', evidence: { secret: SECRET_ARN } })
  const { message, evidence, cause } = error as ServiceError
  expect(JSON.stringify([message, evidence, String(cause)])).not.toContain('canary')
}

const NOT_FILLED: readonly (readonly [what: string, secret: string | object])[] = [
  ['empty', ''],
  ['not JSON', 'canary'],
  ['cut off', '{"clientId":"canary'],
  ['a list', ['canary']],
  ['null', 'null'],
  ['a text', '"canary"'],
  ['without members', {}],
]

describe('the app credential', () => {
  test('is client id and client secret, as they are', async () => {
    const credential = { clientId: 'canary-id', clientSecret: 'canary+ & % = ~ " secret' }
    expect(await readers.credential(credential)).toEqual({ kind: 'client_secret', ...credential })
  })

  test('is a certificate with its key, which knows its end', async () => {
    const { pem, keyPem, thumbprint } = selfSigned()
    const stored = { clientId: 'canary-id', certificate: pem, privateKey: keyPem }
    const credential = await readers.credential(stored)
    expect(credential).toMatchObject({
      kind: 'certificate',
      clientId: 'canary-id',
      thumbprint,
      endsAt: new Date('2036-01-01T00:00:00Z'),
    })
    expect(inspect(credential, { depth: 20, showHidden: true })).not.toContain(
      keyPem.split('\n')[1],
    )
  })

  test('is none at all where AWS vouches for the function', async () => {
    const stored = { clientId: 'canary-id', federated: true }
    const federated = { kind: 'federated', clientId: 'canary-id', assertion: IDENTITY }
    expect(await readers.credential(stored)).toEqual(federated)
  })

  test('knows its end where that was stored, from the beginning of the day in UTC', async () => {
    const credential = { clientId: 'canary-id', clientSecret: 'canary' }
    expect(await readers.credential({ ...credential, endsOn: '2027-05-01' })).toEqual({
      kind: 'client_secret',
      ...credential,
      endsAt: new Date('2027-05-01T00:00:00Z'),
    })
  })

  test.each(['soon', '', 7, null])('works with an end that is %j', async (endsOn) => {
    const credential = { clientId: 'canary-id', clientSecret: 'canary' }
    const read = await readers.credential({ ...credential, endsOn })
    expect(read).toEqual({ kind: 'client_secret', ...credential })
  })

  test.each<readonly [what: string, secret: string | object]>([
    ...NOT_FILLED,
    ['without secret', { clientId: 'canary' }],
    ['without client id', { clientSecret: 'canary' }],
    ['with a certificate and no key', { clientId: 'canary', certificate: CERTIFICATE.pem }],
    [
      'with the key of another certificate',
      { clientId: 'canary', certificate: CERTIFICATE.pem, privateKey: selfSigned().keyPem },
    ],
    [
      'with a key that cannot be read',
      { clientId: 'canary', certificate: CERTIFICATE.pem, privateKey: 'canary' },
    ],
    [
      'with a key that is not RSA',
      { clientId: 'canary', certificate: CERTIFICATE.pem, privateKey: ELLIPTIC_KEY },
    ],
    ['with federated that is a text', { clientId: 'canary', federated: 'true' }],
    ['with an empty secret', { clientId: 'canary', clientSecret: '' }],
    ['with a secret that is a number', { clientId: 'canary', clientSecret: 7 }],
  ])('that is %s is unreadable', async (_, secret) => {
    await expectUnreadable(readers.credential(secret))
  })
})

describe('a keyring', () => {
  const key = (bytes = 32) => randomBytes(bytes).toString('base64url')

  test('has its keys, and one of them is active', async () => {
    const keys = { k1: key(), k2: key() }
    const keyring = await readers.keyring({ active: 'k2', keys })
    const expected = Object.entries(keys).map(([id, text]) => [id, Buffer.from(text, 'base64url')])
    expect(keyring.active).toBe('k2')
    expect([...keyring.keys].map(([keyId, key]) => [keyId, key.export()])).toEqual(expected)
  })

  test.each<readonly [what: string, secret: string | object]>([
    ...NOT_FILLED,
    ['without keys', { active: 'k1' }],
    ['without an active one', { keys: { k1: key() } }],
    ['without the active key', { active: 'k2', keys: { k1: key() } }],
    ['with an active key that every object has', { active: 'toString', keys: { k1: key() } }],
    ['with a key that is too short', { active: 'k1', keys: { k1: key(31) } }],
    ['with a key that is too long', { active: 'k1', keys: { k1: key(33) } }],
    ['with an old key that is too short', { active: 'k1', keys: { k1: key(), k0: key(16) } }],
    ['with an empty key', { active: 'k1', keys: { k1: '' } }],
    ['with a key that is a placeholder', { active: 'k1', keys: { k1: '<32 random bytes>' } }],
    ['with a key that is null', { active: 'k1', keys: { k1: null } }],
    [
      'with the name of a key that is too long',
      { active: 'k1', keys: { k1: key(), ['k'.repeat(65)]: key() } },
    ],
    ['with keys that are a text', { active: '0', keys: 'canary' }],
    ['with keys that are null', { active: 'k1', keys: null }],
  ])('that is %s is unreadable', async (_, secret) => {
    await expectUnreadable(readers.keyring(secret))
  })
})

describe('the API access', () => {
  const signingKey = randomBytes(32).toString('base64url')
  const client = { clientId: 'canary-client', secretHash: 'canary-hash' }

  test('is the signing key and the clients, some bound to one account', async () => {
    const bound = { ...client, clientId: 'other', accountId: 'contoso' }
    const access = await readers.apiAccess({ signingKey, clients: [client, bound] })
    expect(access.signingKey.export().toString('base64url')).toBe(signingKey)
    expect(access.clients).toEqual([{ ...client, accountId: undefined }, bound])
  })

  test('may have no clients yet', async () => {
    expect((await readers.apiAccess({ signingKey, clients: [] })).clients).toEqual([])
  })

  test.each<readonly [what: string, secret: string | object]>([
    ...NOT_FILLED,
    ['without signing key', { clients: [client] }],
    ['without clients', { signingKey }],
    ['with a signing key that is too short', { signingKey: 'canary', clients: [client] }],
    ['with clients that are no list', { signingKey, clients: { client } }],
    ['with a client that is null', { signingKey, clients: [null] }],
    ['with a client without id', { signingKey, clients: [{ secretHash: 'canary' }] }],
    ['with a client without hash', { signingKey, clients: [client, { clientId: 'canary' }] }],
  ])('that is %s is unreadable', async (_, secret) => {
    await expectUnreadable(readers.apiAccess(secret))
  })

  test.each([42, '', ['contoso'], { id: 'contoso' }])(
    'never opens all accounts to a client that is bound to %j',
    async (accountId) => {
      const clients = [{ ...client, accountId }]
      await expectUnreadable(readers.apiAccess({ signingKey, clients }))
    },
  )
})
