import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  type AppCredential,
  type ClientSecretCredential,
  isSameCredential,
} from '../../../functions/domain/app-credentials.ts'
import { redeemWithAppCredential } from '../../../functions/domain/redeem-with-app-credential.ts'
import type { TokenEndpointFailure } from '../../../functions/domain/token-endpoint.ts'
import {
  APP_CREDENTIAL,
  clientSecretOf,
  memoryAppCredentials,
} from '../../fakes/memory-app-credentials.ts'
import { aRefusal } from '../../support/builders.ts'

const ISSUED = { outcome: 'issued' } as const
const FIRST = APP_CREDENTIAL
const SECOND = { ...APP_CREDENTIAL, clientSecret: 'second' }
const THIRD = { ...APP_CREDENTIAL, clientSecret: 'third' }

const rejected = (code: number): TokenEndpointFailure => ({
  outcome: 'refused',
  refusal: aRefusal({ status: 401, error: 'invalid_client', code }),
})

/** Microsoft, which accepts some client secrets and answers them as given. */
function microsoft(accepts: readonly ClientSecretCredential[], answer: object = ISSUED) {
  const asked: string[] = []
  const send = async (credential: AppCredential) => {
    asked.push(clientSecretOf(credential))
    const isAccepted = accepts.some((accepted) => isSameCredential(accepted, credential))
    const accepted = answer as typeof ISSUED | TokenEndpointFailure
    return isAccepted ? accepted : rejected(7000215)
  }
  return { asked, send }
}

const secretsOf = (...credentials: ClientSecretCredential[]) =>
  credentials.map(({ clientSecret }) => clientSecret)

describe('while the credential is accepted', () => {
  test('it is asked once, and the secret is not read anew', async () => {
    const credentials = memoryAppCredentials()
    const { asked, send } = microsoft([FIRST])
    expect(await redeemWithAppCredential(credentials, send)).toEqual(ISSUED)
    expect(asked).toEqual(secretsOf(FIRST))
    expect(credentials.rereads).toBe(0)
  })

  test.each<[string, TokenEndpointFailure]>([
    ['ended grant', { outcome: 'refused', refusal: aRefusal() }],
    ['throttle', { outcome: 'unavailable', status: 429, retryAfter: undefined }],
    ['malformed answer', { outcome: 'malformed', what: 'x' }],
    [
      "customer's tenant without the app",
      {
        outcome: 'refused',
        refusal: aRefusal({ status: 401, error: 'invalid_client', code: 7000229 }),
      },
    ],
  ])('an %s is no reason to try another one', async (_, answer) => {
    const credentials = memoryAppCredentials()
    credentials.rotate(SECOND)
    const { asked, send } = microsoft([FIRST, SECOND], answer)
    expect(await redeemWithAppCredential(credentials, send)).toEqual(answer)
    expect(asked).toHaveLength(1)
    expect(credentials.rereads).toBe(0)
  })
})

describe('when the kept credential is rejected', () => {
  /** A container that keeps the first credential, after the secret was rotated. */
  const afterRotation = async (...versions: ClientSecretCredential[]) => {
    const credentials = memoryAppCredentials()
    await credentials.read()
    for (const version of versions) credentials.rotate(version)
    return credentials
  }

  test('the current version is tried, and is used from then on', async () => {
    const credentials = await afterRotation(SECOND)
    const { asked, send } = microsoft([SECOND])
    expect(await redeemWithAppCredential(credentials, send)).toEqual(ISSUED)
    expect(asked).toEqual(secretsOf(FIRST, SECOND))
    expect(credentials.preferred).toEqual(SECOND)
    expect(credentials.newestRejected).toEqual([])
    await redeemWithAppCredential(credentials, send)
    expect(asked).toEqual(secretsOf(FIRST, SECOND, SECOND))
    expect(credentials.rereads).toBe(1)
  })

  test('the previous version is tried after the current one', async () => {
    const credentials = await afterRotation(SECOND, THIRD)
    const { asked, send } = microsoft([SECOND])
    expect(await redeemWithAppCredential(credentials, send)).toEqual(ISSUED)
    expect(asked).toEqual(secretsOf(FIRST, THIRD, SECOND))
    expect(credentials.preferred).toEqual(SECOND)
    expect(credentials.newestRejected).toEqual(['AADSTS7000215'])
  })

  test('that the newest one was rejected is passed on with its code, also where it was the kept one', async () => {
    const credentials = memoryAppCredentials()
    credentials.rotate(SECOND)
    await credentials.read()
    const { asked, send } = microsoft([FIRST])
    expect(await redeemWithAppCredential(credentials, send)).toEqual(ISSUED)
    expect(asked).toEqual(secretsOf(SECOND, FIRST))
    expect(credentials.newestRejected).toEqual(['AADSTS7000215'])
  })

  test('the one that was rejected already is not asked again', async () => {
    const credentials = await afterRotation(SECOND)
    const { asked, send } = microsoft([])
    await redeemWithAppCredential(credentials, send)
    expect(asked).toEqual(secretsOf(FIRST, SECOND))
  })

  test('a previous version that is the same as the current one is not asked again', async () => {
    const credentials = await afterRotation(SECOND, SECOND)
    const { asked, send } = microsoft([])
    await redeemWithAppCredential(credentials, send)
    expect(asked).toEqual(secretsOf(FIRST, SECOND))
  })

  test('another client id with the same secret is another credential', async () => {
    const other = { ...FIRST, clientId: '99999999-2222-4333-8444-555555555555' }
    const credentials = await afterRotation(other)
    const { asked, send } = microsoft([other])
    expect(await redeemWithAppCredential(credentials, send)).toEqual(ISSUED)
    expect(asked).toHaveLength(2)
  })

  test('and no other is accepted, the answer is the first one, and none is preferred', async () => {
    const credentials = await afterRotation(SECOND, THIRD)
    let answers = 0
    const send = async () => {
      answers += 1
      return rejected(7_000_000 + answers)
    }
    expect(await redeemWithAppCredential(credentials, send)).toEqual(rejected(7_000_001))
    expect(answers).toBe(3)
    expect(credentials.preferred).toBeUndefined()
  })

  test('a refusal of the grant with the second is the answer, since it was looked at', async () => {
    const credentials = await afterRotation(SECOND)
    const ended = { outcome: 'refused', refusal: aRefusal() } as const
    const { send } = microsoft([SECOND], ended)
    expect(await redeemWithAppCredential(credentials, send)).toEqual(ended)
    expect(credentials.preferred).toEqual(SECOND)
  })

  test('and the secret cannot be read anew, that is what is thrown', async () => {
    const credentials = await afterRotation()
    const { send } = microsoft([])
    const broken = { ...credentials, reread: () => Promise.reject(new Error('unreadable')) }
    await expect(redeemWithAppCredential(broken, send)).rejects.toThrow('unreadable')
  })
})

describe('two credentials are the same', () => {
  const key = createSecretKey(Buffer.alloc(32))
  const clientId = APP_CREDENTIAL.clientId
  const certificate = { kind: 'certificate', clientId, privateKey: key, thumbprint: 'a' } as const
  const federated = { kind: 'federated', clientId, assertion: 'a' } as const

  test.each<[string, AppCredential, AppCredential]>([
    ['client secrets', FIRST, SECOND],
    ['certificates', certificate, { ...certificate, thumbprint: 'b' }],
    ['identity tokens', federated, { ...federated, assertion: 'b' }],
  ])('when they are of one app and prove it alike: %s', (_what, one, other) => {
    expect(isSameCredential(one, { ...one })).toBe(true)
    expect(isSameCredential(one, { ...one, clientId: 'another app' })).toBe(false)
    expect(isSameCredential(one, other)).toBe(false)
  })
})
