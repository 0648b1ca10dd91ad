import { describe, expect, test } from 'vitest'
import type { RegisteredApp } from '../../../functions/domain/partner-settings.ts'
import {
  newApiAccess,
  type StoredApiAccess,
  storedApiAccessOf,
} from '../../../functions/domain/stored-api-access.ts'
import type { AppCredentialValue } from '../../../functions/domain/stored-app-credential.ts'
import { newKeyring, storedKeyringOf } from '../../../functions/domain/stored-keyring.ts'
import { type SetupDependencies, setUp } from '../../../infra/setup-steps.ts'
import { at, DAY, handClock } from '../../fakes/hand-clock.ts'
import { memoryPartnerSettings } from '../../fakes/memory-partner-settings.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'

const CREDENTIAL = {
  clientId: '11111111-2222-3333-4444-555555555555',
  clientSecret: 'abc8Q~the-value-of-the-secret',
}

const OUTPUTS = {
  apiUrl: 'https://api.example.com',
  replyUrl: 'https://api.example.com/connector/callback',
  consoleUrl: 'https://api.example.com/console',
  connectionsTable: 'connections',
  signInsTable: 'sign-ins',
  eventBus: 'bus',
  appCredentialSecret: 'app',
  accessTokenKeyringSecret: 'access',
  refreshTokenKeyringSecret: 'refresh',
  apiAccessSecret: 'api',
  consoleAccessSecret: 'console',
  tokenFunction: 'arn:aws:lambda:eu-central-1:123456789012:function:token',
  refreshFunction: 'refresh',
  version: '0.1.0',
  callbackRole: 'arn:aws:iam::111122223333:role/callback',
  refreshRole: 'arn:aws:iam::111122223333:role/refresh',
}

/** A deployment in memory: what it holds, and what its operator was told. */
function aDeployment(
  secrets: Readonly<Record<string, string>> = {},
  credential: AppCredentialValue = CREDENTIAL,
) {
  const held = new Map(Object.entries(secrets))
  const clock = handClock()
  const settings = memoryPartnerSettings()
  const saved: RegisteredApp[] = []
  const told: string[] = []
  const asked: string[] = []
  const deps: SetupDependencies = {
    secrets: {
      read: async (id) => held.get(id),
      write: async (id, value) => {
        held.set(id, value)
      },
    },
    settings: {
      read: settings.read,
      saveApp: (app) => {
        saved.push(app)
        return settings.saveApp(app)
      },
    },
    now: clock.now,
    operator: {
      appCredential: async () => {
        asked.push('app credential')
        return credential
      },
      tell: (line) => told.push(line),
    },
  }
  const run = (replaceAppCredential = false, isAnotherApp = false) =>
    setUp(deps, { outputs: OUTPUTS, replaceAppCredential, isAnotherApp })
  const value = (id: string): unknown => JSON.parse(held.get(id) ?? 'null')
  const app = async () => (await settings.read()).app
  return { held, settings, saved, clock, app, told, asked, run, value }
}

/** What CloudFormation leaves in a new secret. */
const PLACEHOLDERS = { app: 'Zx{9', access: 'a"b', refresh: '12', api: '[]"' }

describe('setup', () => {
  test.each([
    ['empty', {}],
    ['random placeholders', PLACEHOLDERS],
  ])('fills secrets that are %s', async (_name, secrets) => {
    const deployment = aDeployment(secrets)
    await deployment.run()
    expect(storedKeyringOf(deployment.value('access'))).toBeDefined()
    expect(storedKeyringOf(deployment.value('refresh'))).toBeDefined()
    expect(deployment.value('access')).not.toEqual(deployment.value('refresh'))
    expect(storedApiAccessOf(deployment.value('api'))).toBeDefined()
    expect(deployment.value('app')).toEqual(CREDENTIAL)
    expect((await deployment.app())?.clientId).toBe(CREDENTIAL.clientId)
  })

  test('keeps the keys that the deployment made, and adds the first API client to them', async () => {
    const key = 'Ab3'.repeat(14).concat('x')
    const made = {
      access: `{"active":"k1","k1":"${key}"}`,
      refresh: `{"active":"k1","k1":"${key}"}`,
    }
    const deployment = aDeployment({
      ...made,
      api: `{"clients":[],"signingKey":"${key}"}`,
      app: 'Zx',
    })
    await deployment.run()
    expect(deployment.held.get('access')).toBe(made.access)
    expect(deployment.held.get('refresh')).toBe(made.refresh)
    const { signingKey, clients } = deployment.value('api') as StoredApiAccess
    expect(signingKey).toBe(key)
    expect(clients.map(({ clientId }) => clientId)).toEqual(['partner'])
  })

  test('changes nothing and asks nothing when all is filled', async () => {
    const deployment = aDeployment()
    await deployment.run()
    const before = new Map(deployment.held)
    await deployment.run()
    expect(deployment.held).toEqual(before)
    expect(deployment.asked).toEqual(['app credential'])
    expect(deployment.saved).toHaveLength(1)
  })

  test('ends with where the console is, and how to get in the first time', async () => {
    const deployment = aDeployment()
    await deployment.run()
    expect(deployment.told.slice(-2)).toEqual([
      'the console: https://api.example.com/console',
      expect.stringMatching(/first sign-in, .* Secrets Manager, the secret console, "Retrieve/),
    ])
  })

  test('shows the secret of the first API client once', async () => {
    const deployment = aDeployment()
    await deployment.run()
    const shown = deployment.told.filter((line) => line.includes('client secret: '))
    expect(shown).toEqual([expect.stringMatching(/^ {2}client secret: [\w-]{43}$/)])
    await deployment.run()
    expect(deployment.told.filter((line) => line.includes('client secret: '))).toHaveLength(1)
  })

  test('never shows the client secret of the app, nor a key', async () => {
    const deployment = aDeployment()
    await deployment.run()
    const told = deployment.told.join('\n')
    const { keys } = deployment.value('access') as { keys: { k1: string } }
    expect(told).not.toContain(CREDENTIAL.clientSecret)
    expect(told).not.toContain(keys.k1)
  })

  test('replaces the credential of the app on request, and nothing else', async () => {
    const old = { clientId: 'old', clientSecret: 'old-secret' }
    const access = JSON.stringify(newKeyring())
    const api = JSON.stringify(newApiAccess([{ clientId: 'partner', clientSecret: 's' }]))
    const deployment = aDeployment({ app: JSON.stringify(old), access, refresh: access, api })
    await deployment.run(true)
    expect(deployment.value('app')).toEqual(CREDENTIAL)
    expect((await deployment.app())?.clientId).toBe(CREDENTIAL.clientId)
    expect(deployment.held.get('access')).toBe(access)
    expect(deployment.held.get('api')).toBe(api)
  })

  test('takes another app only when told so, since every connection has to sign in again', async () => {
    const old = { clientId: 'old', clientSecret: 'old-secret' }
    const deployment = aDeployment({ app: JSON.stringify(old) })
    await deployment.run()
    await expect(deployment.run(true)).rejects.toThrow(
      `the service is app old, and ${CREDENTIAL.clientId} is another one`,
    )
    expect(deployment.value('app')).toEqual(old)
    expect((await deployment.app())?.clientId).toBe('old')
    await deployment.run(true, true)
    expect(deployment.value('app')).toEqual(CREDENTIAL)
    expect((await deployment.app())?.clientId).toBe(CREDENTIAL.clientId)
  })

  test('keeps the end date of the client secret with it, and says when alarms come', async () => {
    const deployment = aDeployment({}, { ...CREDENTIAL, endsOn: '2027-05-01' })
    await deployment.run()
    expect(deployment.value('app')).toEqual({ ...CREDENTIAL, endsOn: '2027-05-01' })
    expect(deployment.told).toContainEqual(
      'app credential: stored; it ends on 2027-05-01, and an alarm comes 30 and 7 days before',
    )
  })

  test('says that no alarm comes before an end that is not known', async () => {
    const deployment = aDeployment()
    await deployment.run()
    expect(deployment.told).toContainEqual(expect.stringContaining('end date is not known'))
  })

  test('stores a certificate with its key, and takes its end from it', async () => {
    const { pem, keyPem } = selfSigned()
    const { clientId } = CREDENTIAL
    const credential = { clientId, certificate: pem, privateKey: keyPem }
    const deployment = aDeployment({}, credential)
    await deployment.run()
    expect(deployment.value('app')).toEqual(credential)
    expect(deployment.told).toContain(
      'app credential: stored; it ends on 2036-01-01, and an alarm comes 30 and 7 days before',
    )
    expect(deployment.told.join()).not.toContain('PRIVATE KEY')
    await deployment.run()
    expect(deployment.asked).toHaveLength(1)
  })

  test('tells how Microsoft learns to trust the functions of an app without credential', async () => {
    const { clientId } = CREDENTIAL
    const deployment = aDeployment({}, { clientId, federated: true })
    await deployment.run()
    expect(deployment.value('app')).toEqual({ clientId, federated: true })
    expect((await deployment.app())?.clientId).toBe(clientId)
    const commands = deployment.told.filter((line) => line.startsWith('  a') || line.includes('$('))
    expect(commands).toEqual([
      '  aws iam enable-outbound-web-identity-federation  # once in this AWS account',
      '  issuer=$(aws iam get-outbound-web-identity-federation-info --query IssuerIdentifier --output text)',
      ...['callback', 'refresh'].map(
        (name) =>
          `  az ad app federated-credential create --id ${clientId} --parameters "{\\"name\\":\\"dynamics-connect-${name}\\",\\"issuer\\":\\"$issuer\\",\\"subject\\":\\"arn:aws:iam::111122223333:role/${name}\\",\\"audiences\\":[\\"api://AzureADTokenExchange\\"]}"`,
      ),
    ])
  })

  test('takes the client id of the settings from a credential that was stored before', async () => {
    const deployment = aDeployment({ app: JSON.stringify({ clientId: 'c', clientSecret: 's' }) })
    await deployment.run()
    expect(deployment.asked).toEqual([])
    expect((await deployment.app())?.clientId).toBe('c')
  })

  test('tells the settings of the app what is no secret', async () => {
    const deployment = aDeployment({}, { ...CREDENTIAL, endsOn: '2027-05-01' })
    await deployment.run()
    expect(deployment.saved).toEqual([
      {
        clientId: CREDENTIAL.clientId,
        kind: 'client_secret',
        endsAt: new Date('2027-05-01'),
        changedAt: at(0),
      },
    ])
  })

  test('tells the settings when the credential was replaced by one that looks alike', async () => {
    const deployment = aDeployment()
    await deployment.run()
    deployment.clock.advance(DAY)
    await deployment.run()
    expect(await deployment.app()).toMatchObject({ changedAt: at(0) })
    await deployment.run(true)
    expect(await deployment.app()).toMatchObject({ changedAt: at(DAY) })
  })

  test('adds what settings of an older setup do not say of the app', async () => {
    const { pem, keyPem } = selfSigned()
    const clientId = 'c'
    const credential = { clientId, certificate: pem, privateKey: keyPem }
    const deployment = aDeployment({ app: JSON.stringify(credential) })
    const unknown = { kind: undefined, endsAt: undefined, changedAt: undefined }
    await deployment.settings.saveApp({ clientId, ...unknown })
    await deployment.run()
    const endsAt = new Date('2036-01-01')
    expect(await deployment.app()).toEqual({ ...unknown, clientId, kind: 'certificate', endsAt })
    expect(deployment.told).toContain('client id in the settings: kept')
  })

  test.each(['access', 'refresh', 'api', 'app'])(
    'leaves JSON of another shape in %s alone, and stops',
    async (id) => {
      const deployment = aDeployment({ [id]: '{"keys":{"old":"key"}}' })
      await expect(deployment.run()).rejects.toThrow(
        `the secret ${id} holds JSON of another shape, which is left alone; repair it`,
      )
      expect(deployment.held.get(id)).toBe('{"keys":{"old":"key"}}')
    },
  )
})
