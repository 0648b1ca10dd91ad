import { describe, expect, test } from 'vitest'
import { isApiAccess, isKeyring, newApiAccess, newKeyring } from '../../../infra/secret-values.ts'
import { type SetupDependencies, setUp } from '../../../infra/setup-steps.ts'

const CREDENTIAL = {
  clientId: '11111111-2222-3333-4444-555555555555',
  clientSecret: 'abc8Q~the-value-of-the-secret',
}

const OUTPUTS = {
  apiUrl: 'https://api.example.com',
  replyUrl: 'https://api.example.com/connector/callback',
  connectionsTable: 'connections',
  signInsTable: 'sign-ins',
  eventBus: 'bus',
  appCredentialSecret: 'app',
  accessTokenKeyringSecret: 'access',
  refreshTokenKeyringSecret: 'refresh',
  apiAccessSecret: 'api',
}

/** A deployment in memory: what it holds, and what its operator was told. */
function aDeployment(secrets: Readonly<Record<string, string>> = {}) {
  const held = new Map(Object.entries(secrets))
  const settings = { clientId: undefined as string | undefined, writes: 0 }
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
      clientId: async () => settings.clientId,
      saveClientId: async (clientId) => {
        settings.clientId = clientId
        settings.writes += 1
      },
    },
    operator: {
      appCredential: async () => {
        asked.push('app credential')
        return CREDENTIAL
      },
      tell: (line) => told.push(line),
    },
  }
  const run = (replaceAppCredential = false) =>
    setUp(deps, { outputs: OUTPUTS, replaceAppCredential })
  const value = (id: string): unknown => JSON.parse(held.get(id) ?? 'null')
  return { held, settings, told, asked, run, value }
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
    expect(deployment.value('access')).toSatisfy(isKeyring)
    expect(deployment.value('refresh')).toSatisfy(isKeyring)
    expect(deployment.value('access')).not.toEqual(deployment.value('refresh'))
    expect(deployment.value('api')).toSatisfy(isApiAccess)
    expect(deployment.value('app')).toEqual(CREDENTIAL)
    expect(deployment.settings.clientId).toBe(CREDENTIAL.clientId)
  })

  test('changes nothing and asks nothing when all is filled', async () => {
    const deployment = aDeployment()
    await deployment.run()
    const before = new Map(deployment.held)
    await deployment.run()
    expect(deployment.held).toEqual(before)
    expect(deployment.asked).toEqual(['app credential'])
    expect(deployment.settings.writes).toBe(1)
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
    const api = JSON.stringify(newApiAccess([]))
    const deployment = aDeployment({ app: JSON.stringify(old), access, refresh: access, api })
    await deployment.run(true)
    expect(deployment.value('app')).toEqual(CREDENTIAL)
    expect(deployment.settings.clientId).toBe(CREDENTIAL.clientId)
    expect(deployment.held.get('access')).toBe(access)
    expect(deployment.held.get('api')).toBe(api)
  })

  test('takes the client id of the settings from a credential that was stored before', async () => {
    const deployment = aDeployment({ app: JSON.stringify({ clientId: 'c', clientSecret: 's' }) })
    await deployment.run()
    expect(deployment.asked).toEqual([])
    expect(deployment.settings.clientId).toBe('c')
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
