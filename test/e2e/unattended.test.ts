import { describe, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { createPartner, field } from './support/partner.ts'

const ACCOUNT = 'acme'
const RESOURCE = 'https://example.crm.dynamics.com'

async function connect(service: RunningService): Promise<string> {
  const partner = createPartner(service.url)
  const { connectionId, link } = await partner.signInLink({ account: ACCOUNT, resource: RESOURCE })
  await signIn(createBrowser(), link, USERS.contosoMember.username)
  return `/v1.0/account/connectors/${connectionId}`
}

async function read(service: RunningService, path: string): Promise<unknown> {
  return (await createPartner(service.url).call('GET', path, { account: ACCOUNT })).json
}

async function microsoft(service: RunningService, path: string, json: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'PUT', headers, body: JSON.stringify(json) }
  expect((await fetch(`${service.microsoftUrl}/admin/${path}`, init)).ok).toBe(true)
}

describe('unattended', () => {
  test('the scheduled sweep refreshes a connection that nobody asks for', async () => {
    const service = await startLocalService({ env: { SWEEP_INTERVAL: '1' } })
    try {
      await microsoft(service, 'settings', { accessTokenLifetimeSeconds: 8 })
      const connector = await connect(service)
      await expect
        .poll(async () => field(await read(service, connector), 'RefreshedAtUtc'), {
          timeout: 40_000,
        })
        .not.toBe('null')
      const after = await read(service, connector)
      expect(after).toMatchObject({ Authenticated: true, LastFailure: null })
    } finally {
      await service.stop()
    }
  })

  test('an outage of Microsoft changes no connection, and the token is still served', async () => {
    const service = await startLocalService()
    try {
      const connector = await connect(service)
      await microsoft(service, 'faults', { endpoint: 'token', status: 503, body: '<html>' })
      const partner = createPartner(service.url)
      const refused = await partner.call('POST', `${connector}/refresh`, { account: ACCOUNT })
      expect(refused).toMatchObject({ status: 503, json: { Code: 'temporarily_unavailable' } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await read(service, connector)).toMatchObject({
        Authenticated: true,
        LastFailure: { Code: 'http_503', Count: 1 },
      })
      const served = await partner.call('GET', `${connector}/token`, { account: ACCOUNT })
      expect(served.status).toBe(200)
    } finally {
      await service.stop()
    }
  })
})
