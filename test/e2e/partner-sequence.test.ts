import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { type OwnTables, startOwnTables } from './support/own-tables.ts'
import { createPartner, field, type Partner } from './support/partner.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const MEMBER = USERS.contosoMember

let tables: OwnTables
let service: RunningService
let partner: Partner

beforeAll(async () => {
  tables = await startOwnTables()
  service = await startLocalService({ env: tables.env })
  partner = createPartner(service.url)
})
afterAll(async () => {
  await service.stop()
  await tables.stop()
})

async function connected(account: string): Promise<string> {
  const { connectionId, link } = await partner.signInLink({ account, resource: RESOURCE })
  const end = await signIn(createBrowser(), link, MEMBER.username)
  expect(end.location).toBe(`${service.url}/?connectionId=${connectionId}&status=connected`)
  return connectionId
}

/** The token function, by the AWS SDK. */
async function invoke(event: object): Promise<unknown> {
  const client = new LambdaClient({
    endpoint: service.lambdaUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const command = new InvokeCommand({ FunctionName: 'token', Payload: JSON.stringify(event) })
  const { Payload, FunctionError } = await client.send(command)
  client.destroy()
  expect(FunctionError).toBeUndefined()
  return JSON.parse(Payload?.transformToString() ?? '')
}

async function whoAmI(accessToken: string): Promise<Response> {
  const url = `${service.microsoftUrl}/dataverse/example.crm.dynamics.com/api/data/v9.2/WhoAmI`
  return fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })
}

describe('the partner sequence', () => {
  test('connects an environment in seven steps, with what each of them answers', async () => {
    const account = 'acme'
    const form = {
      grant_type: 'client_credentials',
      client_id: 'local',
      client_secret: 'local-secret',
    }
    const body = new URLSearchParams(form)
    const tokenAnswer = await fetch(`${service.url}/oauth/token`, { method: 'POST', body })
    expect(await tokenAnswer.json()).toEqual({
      token_type: 'bearer',
      access_token: expect.any(String),
      expires_in: 3600,
      clientId: 'local',
    })

    const catalogue = await partner.call('GET', '/v1.0/connectors')
    expect(catalogue.json).toMatchObject([
      { Name: 'Microsoft Dynamics CRM Online', Parameters: [{ TargetName: 'Resource' }] },
    ])
    const name = encodeURIComponent('Microsoft Dynamics CRM Online')
    const installed = await partner.call('POST', `/v1.0/connectors/${name}/install`, { account })
    expect(installed.status).toBe(200)
    expect(installed.json).toMatchObject({ Authenticated: false, Status: 'pending' })
    const id = field(installed.json, 'Id')
    const connector = `/v1.0/account/connectors/${id}`

    const property = { Name: 'Resource', Value: RESOURCE }
    const set = await partner.call('POST', `${connector}/properties`, { account, json: property })
    expect(set.status).toBe(200)
    expect(set.json).toEqual({ ...property, Id: 1, AccountConnectorId: Number(id) })

    const json = { Username: 'erika' }
    const token = await partner.call('POST', `/v1.0/accounts/${account}/signintoken`, { json })
    expect(token.json).toEqual({
      Token: expect.stringMatching(/^[\w-]{43}$/),
      ExpiresAtUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
    })

    const targetOrigin = encodeURIComponent(`${service.url}/`)
    const query = `id=${id}&token=${field(token.json, 'Token')}&targetOrigin=${targetOrigin}`
    const link = `${service.url}/ConnectorAuth/UpdateAccountConnectorOAuth?${query}`
    const end = await signIn(createBrowser(), link, MEMBER.username)
    expect(end.location).toBe(`${service.url}/?connectionId=${id}&status=connected`)

    const connection = await partner.call('GET', connector, { account })
    expect(connection.json).toMatchObject({
      Authenticated: true,
      Status: 'connected',
      Reason: null,
      Environment: { Url: RESOURCE, TenantId: TENANTS.contoso.id },
      User: { TenantId: TENANTS.contoso.id, Username: MEMBER.username },
    })

    const first = await partner.call('GET', `${connector}/token`, { account })
    expect(first.json).toMatchObject({ TokenType: 'Bearer', Resource: RESOURCE })
    expect((await whoAmI(field(first.json, 'AccessToken'))).status).toBe(200)

    const refreshed = await partner.call('POST', `${connector}/refresh`, { account })
    expect(refreshed.json).toMatchObject({ Outcome: 'refreshed' })
    const second = await partner.call('GET', `${connector}/token`, { account })
    expect(field(second.json, 'AccessToken')).not.toBe(field(first.json, 'AccessToken'))
    expect((await whoAmI(field(second.json, 'AccessToken'))).status).toBe(200)

    const message = "Connector 'Microsoft Dynamics CRM Online' successfully de-authenticated."
    const forgotten = await partner.call('PUT', `${connector}/deauthenticate`, {
      account,
      json: {},
    })
    expect(forgotten.json).toEqual({ Message: message })
    expect(await tables.revocationOf(id)).toBe('disconnected')
    const none = await partner.call('GET', `${connector}/token`, { account })
    expect(none).toMatchObject({ status: 409, json: { Code: 'not_connected' } })

    expect((await partner.call('DELETE', connector, { account })).status).toBe(200)
    expect(await tables.revocationOf(id)).toBe('deleted')
    expect((await partner.call('GET', connector, { account })).status).toBe(404)
  })

  test('lists the connections of an account page by page', async () => {
    const account = 'paging'
    for (const Name of ['one', 'two', 'three']) {
      await partner.call('POST', '/v1.0/connectors/1/install', { account, json: { Name } })
    }
    const page = async (query: string) => {
      const answer = await partner.call('GET', `/v1.0/account/connectors?${query}`, { account })
      return answer.json as readonly { readonly Id: number }[]
    }
    const all = await page('')
    const ids = all.map(({ Id }) => Id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect(ids).toHaveLength(3)
    expect((await page('pageSize=2')).map(({ Id }) => Id)).toEqual(ids.slice(0, 2))
    expect((await page('pageSize=2&page=2')).map(({ Id }) => Id)).toEqual(ids.slice(2))
    expect((await page('sortOrderAsc=false')).map(({ Id }) => Id)).toEqual(ids.toReversed())
  })

  test('lists the connections of all accounts, oldest first, page by page', async () => {
    const made: { readonly Id: number; readonly AccountId: string }[] = []
    for (const AccountId of ['north', 'south', 'north']) {
      const { connectionId } = await partner.signInLink({ account: AccountId, resource: RESOURCE })
      made.push({ Id: Number(connectionId), AccountId })
    }
    const all: { readonly Id: number; readonly AccountId: string }[] = []
    let after = ''
    do {
      const query = new URLSearchParams({ pageSize: '2', ...(after && { after }) })
      const { json } = await partner.call('GET', `/v1.0/accounts/connectors?${query}`)
      const page = json as { readonly Connectors: typeof all; readonly Next: string | null }
      expect(page.Connectors.length).toBeLessThanOrEqual(2)
      all.push(...page.Connectors)
      after = page.Next ?? ''
    } while (after !== '')
    const ours = all.filter(({ Id }) => made.some((one) => one.Id === Id))
    expect(ours).toMatchObject(made)
    expect(new Set(all.map(({ Id }) => Id)).size).toBe(all.length)
  })

  test('keeps a forced refresh and a minimum validity', async () => {
    const account = 'validity'
    const id = await connected(account)
    const path = `/v1.0/account/connectors/${id}/token`
    const first = await partner.call('GET', path, { account })
    const again = await partner.call('GET', path, { account })
    expect(field(again.json, 'AccessToken')).toBe(field(first.json, 'AccessToken'))
    const forced = await partner.call('GET', `${path}?forceRefresh=true`, { account })
    expect(field(forced.json, 'AccessToken')).not.toBe(field(first.json, 'AccessToken'))
    const askedAt = Date.now()
    const long = await partner.call('GET', `${path}?minValidity=3000`, { account })
    const validity = Date.parse(field(long.json, 'ExpiresAtUtc')) - askedAt
    expect(validity).toBeGreaterThanOrEqual(3000 * 1000)
  })

  test('serves the same token to who may invoke the function, without a bearer token', async () => {
    const accountId = 'invoking'
    const id = await connected(accountId)
    const path = `/v1.0/account/connectors/${id}/token`
    const overHttp = await partner.call('GET', path, { account: accountId })
    const connectionId = Number(id)
    expect(await invoke({ token: { accountId, connectionId } })).toEqual(overHttp.json)
    expect(await invoke({ token: { accountId, connectionId, forceRefresh: true } })).toEqual({
      ...Object(overHttp.json),
      AccessToken: expect.not.stringMatching(field(overHttp.json, 'AccessToken')),
      ExpiresAtUtc: expect.any(String),
    })
    const RequestId = expect.any(String)
    const refusals = [
      [{ token: { accountId: 'another', connectionId } }, 'not_found'],
      [{ token: { accountId, connectionId: id } }, 'request_invalid'],
      [{}, 'request_invalid'],
    ] as const
    for (const [event, Code] of refusals) {
      expect(await invoke(event)).toEqual({ Code, Message: expect.any(String), RequestId })
    }
  })

  test('forgets the tokens when Resource changes, and asks for a new sign-in', async () => {
    const account = 'moving'
    const id = await connected(account)
    const path = `/v1.0/account/connectors/${id}`
    const json = { Value: 'https://contoso.crm4.dynamics.com' }
    const put = await partner.call('PUT', `${path}/properties/1`, { account, json })
    expect(put.json).toMatchObject({ Name: 'Resource', Value: json.Value, Id: 1 })
    const connection = await partner.call('GET', path, { account })
    expect(connection.json).toMatchObject({ Authenticated: false, Status: 'pending', User: null })
    expect((await partner.call('GET', `${path}/token`, { account })).status).toBe(409)
  })
})
