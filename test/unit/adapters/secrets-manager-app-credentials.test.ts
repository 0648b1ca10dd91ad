import { describe, expect, test } from 'vitest'
import { secretsManagerAppCredentials } from '../../../functions/adapters/secrets-manager-app-credentials.ts'
import { handClock, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import { holding, SECRET_ARN, secretsServer } from './secrets-server.ts'

const clientId = 'the-app'
const CERTIFICATE = selfSigned()
const BY_SECRET = { clientId, clientSecret: 'a-secret' }
const BY_CERTIFICATE = {
  clientId,
  certificate: CERTIFICATE.pem,
  privateKey: CERTIFICATE.keyPem,
}
const FEDERATED = { clientId, federated: true }

/** The versions of the secret, and AWS, whose tokens are counted. */
async function anApp(current: object, previous: object = {}) {
  const { client, answer } = await secretsServer()
  let currentVersion = current
  answer((request, response) => {
    const isPrevious = request.body.includes('AWSPREVIOUS')
    return holding(isPrevious ? previous : currentVersion)(request, response)
  })
  const clock = handClock()
  let tokens = 1
  let isDown = false
  const readIdentityToken = async ({ reread } = { reread: false }) => {
    if (isDown && (reread || tokens === 0)) throw new TypeError('STS does not answer')
    if (reread) tokens += 1
    return `token-${tokens}`
  }
  const told: string[] = []
  const credentials = secretsManagerAppCredentials(client, {
    secretArn: SECRET_ARN,
    readIdentityToken,
    tellNewestRejected: (code) => told.push(code),
    now: clock.now,
  })
  return {
    clock,
    credentials,
    told,
    store: (value: object) => {
      currentVersion = value
    },
    noTokenYet: () => {
      tokens = 0
    },
    stsGoesDown: () => {
      isDown = true
    },
    aTokenExpires: () => {
      tokens += 1
    },
  }
}

describe('a move from one form to another', () => {
  const forms = { client_secret: BY_SECRET, certificate: BY_CERTIFICATE, federated: FEDERATED }

  test.each([
    ['client_secret', 'certificate'],
    ['certificate', 'federated'],
    ['federated', 'client_secret'],
  ] as const)('from %s to %s needs no pause: both are tried', async (from, to) => {
    const app = await anApp(forms[from], forms[from])
    expect((await app.credentials.read()).kind).toBe(from)
    app.store(forms[to])
    app.clock.advance(2 * SECOND)
    const tried = await app.credentials.reread()
    expect(tried.map(({ kind }) => kind)).toEqual([to, from])
  })
})

describe('the previous version', () => {
  const OTHER_APP = { clientId: 'another-app', clientSecret: 'its-secret' }

  test('is not tried when it is of another app, whose word on a grant says nothing', async () => {
    const { credentials } = await anApp(BY_SECRET, OTHER_APP)
    expect(await credentials.reread()).toMatchObject([{ clientId, kind: 'client_secret' }])
  })

  test('of another app proves nothing when AWS vouches for nobody', async () => {
    const { credentials, stsGoesDown, noTokenYet } = await anApp(FEDERATED, OTHER_APP)
    noTokenYet()
    stsGoesDown()
    await expect(credentials.read()).rejects.toThrow('STS does not answer')
  })
})

describe('an app without a credential of its own', () => {
  test('proves itself by the token of the moment, also while it is preferred', async () => {
    const { credentials, aTokenExpires, clock } = await anApp(BY_SECRET, FEDERATED)
    const [, federated] = await credentials.reread()
    expect(federated).toEqual({ kind: 'federated', clientId, assertion: 'token-2' })
    if (federated) credentials.prefer(federated)
    aTokenExpires()
    clock.advance(9 * MINUTE)
    expect(await credentials.read()).toEqual({ ...federated, assertion: 'token-3' })
    clock.advance(2 * MINUTE)
    expect(await credentials.read()).toMatchObject({ kind: 'client_secret' })
  })

  test('gets a new token when the last one was rejected, and the last one when there is no new', async () => {
    const { credentials, stsGoesDown } = await anApp(FEDERATED)
    expect(await credentials.read()).toMatchObject({ assertion: 'token-1' })
    expect(await credentials.reread()).toMatchObject([{ assertion: 'token-2' }])
    stsGoesDown()
    expect(await credentials.reread()).toMatchObject([{ assertion: 'token-2' }])
  })

  test('hides no previous credential when AWS vouches for nobody', async () => {
    const { credentials, stsGoesDown, noTokenYet } = await anApp(FEDERATED, BY_SECRET)
    noTokenYet()
    stsGoesDown()
    expect(await credentials.reread()).toMatchObject([{ kind: 'client_secret' }])
  })

  test('is proven by the previous credential while AWS vouches for nobody', async () => {
    const { credentials, stsGoesDown, noTokenYet } = await anApp(FEDERATED, BY_CERTIFICATE)
    noTokenYet()
    stsGoesDown()
    expect(await credentials.read()).toMatchObject({ kind: 'certificate', clientId })
    expect(await credentials.read()).toMatchObject({ kind: 'certificate', clientId })
  })

  test('has no other one take its place where the newest is asked for', async () => {
    const { credentials, stsGoesDown, noTokenYet } = await anApp(FEDERATED, BY_SECRET)
    expect(await credentials.readNewest()).toMatchObject({ assertion: 'token-2' })
    noTokenYet()
    stsGoesDown()
    await expect(credentials.readNewest()).rejects.toThrow('STS does not answer')
  })

  test('without a token and without a previous credential has none', async () => {
    const { credentials, stsGoesDown, noTokenYet } = await anApp(FEDERATED)
    noTokenYet()
    stsGoesDown()
    await expect(credentials.read()).rejects.toThrow('STS does not answer')
    await expect(credentials.reread()).rejects.toThrow('STS does not answer')
  })
})

describe('that the newest credential is rejected', () => {
  const aNewOne = { clientId, clientSecret: 'a-wrong-one' }

  test('is told once each time that the previous one is preferred for it, not for each request', async () => {
    const { credentials, clock, told } = await anApp(aNewOne, BY_SECRET)
    const [, previous] = await credentials.reread()
    if (previous === undefined) throw new Error('there is no previous version')
    credentials.prefer(previous, 'AADSTS7000215')
    credentials.prefer(previous, 'AADSTS7000215')
    expect(told).toEqual(['AADSTS7000215'])
    clock.advance(10 * MINUTE)
    expect(await credentials.read()).toMatchObject(aNewOne)
    credentials.prefer(previous, 'AADSTS7000222')
    expect(told).toEqual(['AADSTS7000215', 'AADSTS7000222'])
  })

  test('is not told where it is the newest one that was accepted', async () => {
    const { credentials, told } = await anApp(BY_SECRET)
    credentials.prefer(await credentials.read())
    expect(told).toEqual([])
  })
})
