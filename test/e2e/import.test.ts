import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { TENANTS, USERS, type User } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { createPartner, field, type Partner } from './support/partner.ts'

const HOST = 'example.crm.dynamics.com'
const RESOURCE = `https://${HOST}`
const MEMBER = USERS.contosoMember
const ACCOUNT = 'moving-in'

let service: RunningService
let partner: Partner

beforeAll(async () => {
  service = await startLocalService()
  partner = createPartner(service.url)
})
afterEach(() => fetch(`${service.microsoftUrl}/admin/faults`, { method: 'DELETE' }))
afterAll(() => service.stop())

const toMicrosoft = async (method: string, path: string, body: unknown): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' }
  const init = { method, headers, body: JSON.stringify(body) }
  const answer = await fetch(`${service.microsoftUrl}/admin/${path}`, init)
  expect(answer.status).toBe(200)
  return answer.json()
}

/** As another service of the same app holds it. */
async function refreshTokenOf({ username }: User): Promise<string> {
  return field(await toMicrosoft('POST', 'refresh-tokens', { username }), 'refresh_token')
}

const aConnector = async (resource = RESOURCE) =>
  (await partner.signInLink({ account: ACCOUNT, resource })).connectionId

const put = (id: string, json: unknown) =>
  partner.call('PUT', `/v1.0/account/connectors/${id}`, { account: ACCOUNT, json })

const read = async (id: string, path = '') =>
  (await partner.call('GET', `/v1.0/account/connectors/${id}${path}`, { account: ACCOUNT })).json

const asCyclrHasIt = (RefreshToken: string) =>
  JSON.stringify({ AccessToken: 'x', RefreshToken, Expires: null, RefreshExpires: null })

describe('a refresh token of another service', () => {
  test('connects the customer without a sign-in, and serves and renews access tokens', async () => {
    const id = await aConnector()
    const refreshToken = await refreshTokenOf(MEMBER)
    const imported = await put(id, { AuthValue: asCyclrHasIt(refreshToken), Name: 'Moved' })
    expect(imported).toMatchObject({
      status: 200,
      json: {
        Name: 'Moved',
        AuthValue: null,
        Authenticated: true,
        Status: 'connected',
        Environment: { Url: RESOURCE, TenantId: TENANTS.contoso.id },
        User: { TenantId: TENANTS.contoso.id, Username: MEMBER.username },
      },
    })
    for (const path of ['/token', '/token?forceRefresh=true']) {
      const token = field(await read(id, path), 'AccessToken')
      const url = `${service.microsoftUrl}/dataverse/${HOST}/api/data/v9.2/WhoAmI`
      const whoAmI = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      expect(whoAmI.status).toBe(200)
    }
    expect(service.output()).not.toContain(refreshToken.slice(0, 40))
    await expect
      .poll(() => service.output())
      .toMatch(new RegExp(`^event Connection Connected .*"connectionId":${id}\\b`, 'm'))
  })

  test('of a guest is redeemed at the tenant of the environment', async () => {
    const id = await aConnector()
    const AuthValue = { RefreshToken: await refreshTokenOf(USERS.fabrikamGuest) }
    const { json } = await put(id, { AuthValue })
    expect(json).toMatchObject({ Status: 'connected', User: { TenantId: TENANTS.contoso.id } })
  })

  test('follows what the same person had signed in to', async () => {
    const { connectionId: id, link } = await partner.signInLink({
      account: ACCOUNT,
      resource: RESOURCE,
    })
    await signIn(createBrowser(), link, MEMBER.username)
    const before = field(await read(id, '/token'), 'AccessToken')
    const { status } = await put(id, { AuthValue: asCyclrHasIt(await refreshTokenOf(MEMBER)) })
    expect(status).toBe(200)
    expect(field(await read(id, '/token'), 'AccessToken')).not.toBe(before)
  })
})

describe('what is not imported leaves the connector as it was', () => {
  async function expectRefused(id: string, AuthValue: unknown, refusal: object): Promise<void> {
    const before = await read(id)
    expect(await put(id, { AuthValue, Name: 'Not taken' })).toMatchObject(refusal)
    expect(await read(id)).toEqual(before)
  }

  test('a refresh token that Microsoft does not know', async () => {
    const refusal = {
      status: 409,
      json: { Code: 'import_refused', Reason: { Code: 'AADSTS70000', Who: 'user' } },
    }
    await expectRefused(await aConnector(), asCyclrHasIt('1.canary'), refusal)
  })

  test('one of somebody who may not enter the environment', async () => {
    const refreshToken = await refreshTokenOf(USERS.contosoWithoutRole)
    const refusal = {
      status: 409,
      json: { Code: 'import_refused', Reason: { Who: 'administrator' } },
    }
    await expectRefused(await aConnector(), asCyclrHasIt(refreshToken), refusal)
  })

  test('one of another organization', async () => {
    const refreshToken = await refreshTokenOf(USERS.northwindMember)
    const refusal = { status: 409, json: { Code: 'import_refused' } }
    await expectRefused(await aConnector(), asCyclrHasIt(refreshToken), refusal)
  })

  test('one of another person than the one who is connected', async () => {
    const id = await aConnector()
    await put(id, { AuthValue: asCyclrHasIt(await refreshTokenOf(MEMBER)) })
    const refreshToken = await refreshTokenOf(USERS.contosoAdmin)
    const refusal = {
      status: 409,
      json: { Code: 'import_refused', Reason: { Code: 'wrong_user' } },
    }
    await expectRefused(id, asCyclrHasIt(refreshToken), refusal)
  })

  test('one for a connector without an environment', async () => {
    const { connectionId } = await partner.signInLink({ account: ACCOUNT })
    const refusal = { status: 400, json: { Code: 'request_invalid' } }
    await expectRefused(connectionId, asCyclrHasIt(await refreshTokenOf(MEMBER)), refusal)
  })

  test('what is no AuthValue', async () => {
    const id = await aConnector()
    const refusal = { status: 400, json: { Code: 'request_invalid' } }
    for (const AuthValue of ['canary', '{"AccessToken":"x"}', 7, ['x'], 'x'.repeat(17_000)]) {
      await expectRefused(id, AuthValue, refusal)
    }
  })

  test('one that cannot be proven since the environment is down', async () => {
    const id = await aConnector()
    const refreshToken = await refreshTokenOf(MEMBER)
    await toMicrosoft('PUT', 'faults', { endpoint: 'whoami', authenticated: true, status: 503 })
    const refusal = { status: 503, json: { Code: 'temporarily_unavailable' } }
    await expectRefused(id, asCyclrHasIt(refreshToken), refusal)
  })

  test('one that Microsoft cannot be asked about, and says when to ask again', async () => {
    // Its tenant is left alone afterwards.
    const id = await aConnector('https://fabrikam.crm4.dynamics.com')
    const refreshToken = await refreshTokenOf(USERS.fabrikamMember)
    const headers = { 'Retry-After': '45' }
    await toMicrosoft('PUT', 'faults', { endpoint: 'token', status: 429, headers, times: 1 })
    const refused = await put(id, { AuthValue: asCyclrHasIt(refreshToken) })
    expect(refused).toMatchObject({ status: 503, json: { Code: 'temporarily_unavailable' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30)
  })
})
