import { describe, expect, test } from 'vitest'
import type { CredentialVerdict } from '../../../functions/domain/credential-check.ts'
import {
  type NewAppCredential,
  replaceAppCredential,
} from '../../../functions/domain/replace-app-credential.ts'
import { T0 } from '../../fakes/hand-clock.ts'
import { memoryAppCredentialWriter } from '../../fakes/memory-app-credential-writer.ts'
import { memoryPartnerSettings } from '../../fakes/memory-partner-settings.ts'

const CLIENT_ID = '11111111-2222-4333-8444-555555555555'
const WANTED: NewAppCredential = {
  credential: { clientId: CLIENT_ID, clientSecret: 'canary', endsOn: '2097-05-01' },
  tenant: undefined,
  isAnotherAppMeant: false,
  isDoubtAccepted: false,
}
const NO_ANSWER = { verdict: 'no_answer', status: undefined } as const

function aDeployment(verdict: CredentialVerdict) {
  const partnerSettings = memoryPartnerSettings()
  const appCredentialWriter = memoryAppCredentialWriter()
  const checkCredential = async () => verdict
  return { partnerSettings, appCredentialWriter, checkCredential, now: () => T0 }
}

describe('replacing the app credential', () => {
  test('writes the secret, and then what may be shown of it', async () => {
    const deps = aDeployment({ verdict: 'accepted' })
    const order: string[] = []
    const { written } = deps.appCredentialWriter
    const saveApp: typeof deps.partnerSettings.saveApp = async (app) => {
      order.push(`settings after ${written.length} secret`)
      await deps.partnerSettings.saveApp(app)
    }
    const partnerSettings = { ...deps.partnerSettings, saveApp }
    const outcome = await replaceAppCredential({ ...deps, partnerSettings }, WANTED)
    expect(outcome).toEqual({ outcome: 'stored', isProven: true })
    expect(order).toEqual(['settings after 1 secret'])
    expect((await deps.partnerSettings.read()).app).toEqual({
      clientId: CLIENT_ID,
      kind: 'client_secret',
      endsAt: new Date('2097-05-01'),
      changedAt: T0,
      provenAt: T0,
    })
  })

  test('leaves the settings as they are when the secret could not be written', async () => {
    const deps = aDeployment({ verdict: 'accepted' })
    const write = () => Promise.reject(new Error('no answer'))
    const failing = { ...deps, appCredentialWriter: { write } }
    await expect(replaceAppCredential(failing, WANTED)).rejects.toThrow('no answer')
    expect((await deps.partnerSettings.read()).app).toBeUndefined()
  })

  test.each<CredentialVerdict>([
    { verdict: 'rejected', cause: 'secret_wrong', code: 7000215 },
    { verdict: 'unknown_app', code: 700016 },
    { verdict: 'wrong_tenant', cause: 'not_found', code: 90002 },
  ])('stores nothing that Microsoft refuses, whoever agrees to a doubt: %j', async (verdict) => {
    const deps = aDeployment(verdict)
    const outcome = await replaceAppCredential(deps, { ...WANTED, isDoubtAccepted: true })
    expect(outcome).toEqual({ outcome: 'refused', verdict })
    expect(deps.appCredentialWriter.written).toEqual([])
  })

  test('forgets that the one before was proven', async () => {
    const deps = aDeployment({ verdict: 'accepted' })
    await replaceAppCredential(deps, WANTED)
    const silent = { ...deps, checkCredential: async () => NO_ANSWER }
    const outcome = await replaceAppCredential(silent, { ...WANTED, isDoubtAccepted: true })
    expect(outcome).toEqual({ outcome: 'stored', isProven: false })
    expect((await deps.partnerSettings.read()).app?.provenAt).toBeUndefined()
  })

  test('refuses a credential of no known form', async () => {
    const deps = aDeployment({ verdict: 'accepted' })
    const credential = { clientId: CLIENT_ID, certificate: 'none', privateKey: 'none' }
    await expect(replaceAppCredential(deps, { ...WANTED, credential })).rejects.toMatchObject({
      code: 'request_invalid',
    })
    expect(deps.appCredentialWriter.written).toEqual([])
  })
})
