import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { selfSigned } from '../support/self-signed-certificate.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { createPartner, type Partner } from './support/partner.ts'

const ACCOUNT = 'acme'
const RESOURCE = 'https://example.crm.dynamics.com'
const CERTIFICATE = selfSigned()

describe('an app with a certificate and no client secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const file = join(folder, 'app.pem')
  let service: RunningService
  let partner: Partner
  beforeAll(async () => {
    writeFileSync(file, CERTIFICATE.pem + CERTIFICATE.keyPem)
    service = await startLocalService({ env: { ENTRA_CLIENT_CERTIFICATE: file } })
    partner = createPartner(service.url)
  })
  afterAll(async () => {
    await service.stop()
    rmSync(folder, { recursive: true })
  })

  test('connects, and refreshes as often as it is asked to', async () => {
    const { connectionId, link } = await partner.signInLink({
      account: ACCOUNT,
      resource: RESOURCE,
    })
    await signIn(createBrowser(), link, USERS.contosoMember.username)
    const connector = `/v1.0/account/connectors/${connectionId}`
    for (let turn = 0; turn < 2; turn += 1) {
      const refreshed = await partner.call('POST', `${connector}/refresh`, { account: ACCOUNT })
      expect(refreshed).toMatchObject({ status: 200, json: { Outcome: 'refreshed' } })
    }
    const { status } = await partner.call('GET', `${connector}/token`, { account: ACCOUNT })
    expect(status).toBe(200)
  })

  test('shows nothing of its key or of an assertion in what it writes', () => {
    const [, firstLineOfTheKey = ''] = CERTIFICATE.keyPem.split('\n')
    expect(firstLineOfTheKey).toHaveLength(64)
    expect(service.output()).not.toContain(firstLineOfTheKey)
    expect(service.output()).not.toContain('client_assertion')
    expect(service.output()).not.toContain(CERTIFICATE.thumbprint)
  })
})
