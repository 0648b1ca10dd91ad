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
  const credentials = secretsManagerAppCredentials(client, {
    secretArn: SECRET_ARN,
    readIdentityToken,
    now: clock.now,
  })
  return {
    clock,
    credentials,
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

  test('without a token and without a previous credential has none', async () => {
    const { credentials, stsGoesDown, noTokenYet } = await anApp(FEDERATED)
    noTokenYet()
    stsGoesDown()
    await expect(credentials.read()).rejects.toThrow('STS does not answer')
    await expect(credentials.reread()).rejects.toThrow('STS does not answer')
  })
})
