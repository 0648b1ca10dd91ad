import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamicsConnect } from '../../functions/client/main.ts'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { refreshTokenOf } from './support/refresh-token.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const MEMBER = USERS.contosoMember

let service: RunningService
beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

/** The client of a partner's backend, for one account. */
function clientFor(accountId: string) {
  const credentials = { clientId: 'local', clientSecret: 'local-secret' }
  return dynamicsConnect({ url: service.url, accountId, ...credentials })
}

async function whoAmI(accessToken: string): Promise<number> {
  const url = `${service.microsoftUrl}/dataverse/example.crm.dynamics.com/api/data/v9.2/WhoAmI`
  const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })
  return answer.status
}

const thrown = (error: unknown) => error

describe("the partner's client", () => {
  test('goes the seven steps', async () => {
    const client = clientFor('client')
    const { connections } = client

    const { id, status } = await connections.create({ name: 'Contoso' })
    expect(status).toBe('pending')
    expect(await connections.setResource(id, { resource: `${RESOURCE}/` })).toBe(RESOURCE)
    expect(await client.token(id).catch(thrown)).toMatchObject({ name: 'NotConnected' })

    const targetOrigin = `${service.url}/`
    const link = await client.signInLink({ connectionId: id, username: 'erika', targetOrigin })
    expect(link.expiresAt.getTime()).toBeGreaterThan(Date.now())
    const end = await signIn(createBrowser(), link.url, MEMBER.username)
    expect(end.location).toBe(`${service.url}/?connectionId=${id}&status=connected`)

    expect(await connections.get(id)).toMatchObject({
      status: 'connected',
      resource: RESOURCE,
      environment: { tenantId: TENANTS.contoso.id },
      user: { username: MEMBER.username },
    })
    const first = await client.token(id)
    expect(first.resource).toBe(RESOURCE)
    expect(await whoAmI(first.accessToken)).toBe(200)
    expect(await client.token(String(id))).toBe(first)
    const issued = await client.credential(id).getToken(`${RESOURCE}/.default`)
    expect(issued.token).toBe(first.accessToken)

    expect(await connections.refresh(id)).toMatchObject({ outcome: 'refreshed' })
    const second = await client.token(id)
    expect(second.accessToken).not.toBe(first.accessToken)
    const forced = await client.token(id, { forceRefresh: true })
    expect(forced.accessToken).not.toBe(second.accessToken)
    expect(await whoAmI(forced.accessToken)).toBe(200)

    await connections.disconnect(id)
    expect(await client.token(id).catch(thrown)).toMatchObject({ name: 'NotConnected' })
    await connections.remove(id)
    expect(await connections.get(id).catch(thrown)).toMatchObject({ name: 'NotFound' })
  })

  test('confirms a sign-in that waits for it', async () => {
    const client = clientFor('confirming')
    const { id } = await client.connections.create({ resource: RESOURCE })
    const { url } = await client.signInLink({
      connectionId: id,
      username: 'erika',
      targetOrigin: `${service.url}/`,
      lifetimeMinutes: 5,
      tenantId: TENANTS.contoso.id,
      confirmationRequired: true,
    })
    const { location = '' } = await signIn(createBrowser(), url, MEMBER.username)
    const completionId = new URL(location).searchParams.get('completionId') ?? ''
    const wrong = client.connections.complete(id, { completionId: 'another' })
    expect(await wrong.catch(thrown)).toMatchObject({
      name: 'NotFound',
      code: 'completion_unknown',
    })
    const connected = await client.connections.complete(id, { completionId })
    expect(connected.status).toBe('connected')
    expect(await whoAmI((await client.token(id)).accessToken)).toBe(200)
  })

  test('names, lists and goes through the connections of its account', async () => {
    const { connections } = clientFor('listing')
    for (const name of ['one', 'two', 'three']) await connections.create({ name })
    const names: string[] = []
    for await (const { name } of connections.all({ pageSize: 2 })) names.push(name)
    expect(names).toHaveLength(3)
    expect(names).toEqual(expect.arrayContaining(['one', 'two', 'three']))
    const [first, ...others] = await connections.list()
    expect(others).toHaveLength(2)
    const renamed = await connections.rename(first?.id ?? 0, { name: 'first' })
    expect(renamed.name).toBe('first')
    expect(await connections.list({ page: 2, pageSize: 2 })).toHaveLength(1)
  })

  test('goes through the connections of all accounts', async () => {
    for (const account of ['everybody-1', 'everybody-2']) {
      for (const name of ['one', 'two']) await clientFor(account).connections.create({ name })
    }
    const seen: string[] = []
    const all = clientFor('everybody-1').connections.ofAllAccounts({ pageSize: 1 })
    for await (const { accountId, name } of all) {
      if (accountId.startsWith('everybody-')) seen.push(`${accountId} ${name}`)
    }
    expect(seen.toSorted()).toEqual([
      'everybody-1 one',
      'everybody-1 two',
      'everybody-2 one',
      'everybody-2 two',
    ])
  })

  test('imports a refresh token that another system kept, and tells why one is not taken', async () => {
    const client = clientFor('moving-in')
    const { id } = await client.connections.create({ resource: RESOURCE })
    const refused = client.connections.importTokens(id, { refreshToken: 'not-one-of-theirs' })
    expect(await refused.catch(thrown)).toMatchObject({
      name: 'ImportRefused',
      code: 'import_refused',
      reason: { code: 'AADSTS70000', who: 'user' },
    })
    expect((await client.connections.get(id)).status).toBe('pending')
    const refreshToken = await refreshTokenOf(service, MEMBER.username)
    const imported = await client.connections.importTokens(id, { refreshToken })
    expect(imported).toMatchObject({ status: 'connected', user: { username: MEMBER.username } })
    expect(await whoAmI((await client.token(id)).accessToken)).toBe(200)
  })

  test('tells what is wrong with what was asked for', async () => {
    const { connections } = clientFor('mistaken')
    await connections.create({ name: 'taken' })
    expect(await connections.create({ name: 'taken' }).catch(thrown)).toMatchObject({
      name: 'RequestRefused',
      code: 'name_in_use',
      status: 400,
      requestId: expect.stringMatching(/./),
    })
    const resource = 'https://example.crm.dynamics.com/main.aspx'
    const error = await connections.create({ resource }).catch(thrown)
    expect(error).toMatchObject({ code: 'resource_invalid' })
    expect(String(error)).toContain(`Did you mean ${RESOURCE}?`)
  })

  test('tells a wrong secret, a page that is not the service, and nobody at home', async () => {
    const wrong = { url: service.url, clientId: 'local', clientSecret: 'not-the-secret' }
    const asked = (options: typeof wrong) =>
      dynamicsConnect(options).connections.list({ accountId: 'x' }).catch(thrown)
    const rejected = await asked(wrong)
    expect(rejected).toMatchObject({ name: 'ClientRejected', code: 'api_client_rejected' })
    expect(String(rejected)).not.toContain('not-the-secret')
    expect(await asked({ ...wrong, url: service.microsoftUrl })).toMatchObject({
      name: 'UnexpectedAnswer',
    })
    const nobody = await asked({ ...wrong, url: 'http://localhost:9' })
    expect(nobody).toMatchObject({ name: 'Unavailable', code: 'no_answer' })
  })
})
