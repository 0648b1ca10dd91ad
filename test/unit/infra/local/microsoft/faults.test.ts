import { describe, expect, test } from 'vitest'
import { TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import { bodyOf, refusalOf, returned, type Scenario, scenario } from './scenario.ts'

const WHO_AM_I = 'example.crm.dynamics.com/api/data/v9.2/WhoAmI'

async function withFault(fault: object): Promise<Scenario & { readonly refreshToken: string }> {
  const stage = await scenario()
  const { refresh_token } = await stage.tokens()
  expect((await stage.admin('PUT', 'faults', fault)).status).toBe(200)
  return { ...stage, refreshToken: refresh_token }
}

describe('a fault of the token endpoint', () => {
  test.each([
    { code: 50173, status: 400, error: 'invalid_grant', suberror: 'bad_token' },
    { code: 50076, status: 400, error: 'invalid_grant', suberror: 'basic_action' },
    { code: 53000, status: 400, error: 'invalid_grant', suberror: 'additional_action' },
    { code: 53003, status: 400, error: 'invalid_grant', suberror: 'message_only' },
    {
      code: 53005,
      status: 400,
      error: 'unauthorized_client',
      suberror: 'protection_policy_required',
    },
    { code: 65001, status: 400, error: 'invalid_grant', suberror: 'consent_required' },
    { code: 70043, status: 400, error: 'invalid_grant', suberror: 'token_expired' },
    { code: 50196, status: 400, error: 'invalid_grant' },
    { code: 700082, status: 400, error: 'invalid_grant' },
    { code: 7000215, status: 401, error: 'invalid_client' },
    { code: 7000222, status: 401, error: 'invalid_client' },
    { code: 7000229, status: 401, error: 'invalid_client' },
    { code: 700016, status: 400, error: 'unauthorized_client' },
    { code: 500011, status: 400, error: 'invalid_resource' },
    { code: 70011, status: 400, error: 'invalid_scope' },
    { code: 90033, status: 503, error: 'temporarily_unavailable' },
    { code: 90055, status: 429, error: 'temporarily_unavailable' },
    { code: 50000, status: 500, error: 'server_error' },
    { code: 500199, status: 400, error: 'invalid_grant' },
    { code: 700199, status: 400, error: 'unauthorized_client' },
    { code: 70002999, status: 401, error: 'invalid_client' },
    { code: 123456, status: 400, error: 'invalid_request' },
  ])('answers AADSTS$code as Entra does', async ({ code, status, error, suberror }) => {
    const { refresh, refreshToken } = await withFault({ endpoint: 'token', code })
    const response = await refresh(refreshToken)
    const body = await refusalOf(response)
    expect(response.status).toBe(status)
    expect(body).toMatchObject({ error, error_codes: [code] })
    expect(body.suberror).toBe(suberror)
    expect(body.error_description).toContain(`AADSTS${code}:`)
  })

  test('puts the claims challenge into the refusal of a location policy', async () => {
    const { refresh, refreshToken } = await withFault({ endpoint: 'token', code: 53003 })
    const { claims = '{}' } = await refusalOf(await refresh(refreshToken))
    expect(JSON.parse(claims)).toHaveProperty('access_token.capolids')
  })

  test('is over after as many times as were asked for', async () => {
    const { refresh, refreshToken } = await withFault({ endpoint: 'token', code: 50173, times: 2 })
    expect((await refresh(refreshToken)).status).toBe(400)
    expect((await refresh(refreshToken)).status).toBe(400)
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('is listed, and over when the faults are cleared', async () => {
    const { refresh, refreshToken, admin } = await withFault({ endpoint: 'token', status: 503 })
    expect(await (await admin('GET', 'faults')).json()).toEqual({
      faults: [{ endpoint: 'token', status: 503 }],
    })
    await admin('DELETE', 'faults')
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('waits its turn when several are stacked', async () => {
    const stage = await withFault({ endpoint: 'token', status: 503, times: 1 })
    await stage.admin('PUT', 'faults', { endpoint: 'token', status: 429, times: 1 })
    const statuses = [
      (await stage.refresh(stage.refreshToken)).status,
      (await stage.refresh(stage.refreshToken)).status,
      (await stage.refresh(stage.refreshToken)).status,
    ]
    expect(statuses).toEqual([503, 429, 200])
  })

  test('can be kept to one grant type', async () => {
    const fault = { endpoint: 'token', status: 503, grantType: 'authorization_code' }
    const { refresh, refreshToken, signIn, redeem } = await withFault(fault)
    expect((await refresh(refreshToken)).status).toBe(200)
    expect((await redeem(await signIn())).status).toBe(503)
  })

  test('can be kept to one tenant', async () => {
    const fault = { endpoint: 'token', status: 503, tenant: TENANTS.fabrikam.id.toUpperCase() }
    const { refresh, refreshToken } = await withFault(fault)
    expect((await refresh(refreshToken)).status).toBe(200)
    expect((await refresh(refreshToken, {}, TENANTS.fabrikam.id)).status).toBe(503)
  })

  test('answers exactly what it was told to', async () => {
    const { refresh, refreshToken } = await withFault({
      endpoint: 'token',
      status: 429,
      body: '<h1>slow down</h1>',
      contentType: 'text/html',
      headers: { 'Retry-After': '17' },
    })
    const response = await refresh(refreshToken)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('17')
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(await response.text()).toBe('<h1>slow down</h1>')
  })

  test('combines a code with another status', async () => {
    const { refresh, refreshToken } = await withFault({
      endpoint: 'token',
      code: 50173,
      status: 429,
    })
    const response = await refresh(refreshToken)
    expect(response.status).toBe(429)
    expect((await refusalOf(response)).error).toBe('invalid_grant')
  })

  test('only delays when a delay is all it has', async () => {
    const { refresh, refreshToken } = await withFault({ endpoint: 'token', delayMs: 1 })
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('reset cuts the line before anything happens', async () => {
    const { refresh, refreshToken, admin } = await withFault({
      endpoint: 'token',
      kind: 'reset',
      times: 1,
    })
    await admin('PUT', 'settings', { refreshTokens: 'strict' })
    await expect(refresh(refreshToken)).rejects.toThrow('fetch failed')
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test('lost cuts the line after it happened', async () => {
    const { refresh, refreshToken, admin } = await withFault({
      endpoint: 'token',
      kind: 'lost',
      times: 1,
    })
    await admin('PUT', 'settings', { refreshTokens: 'strict' })
    await expect(refresh(refreshToken)).rejects.toThrow('fetch failed')
    expect((await refusalOf(await refresh(refreshToken))).error_codes).toEqual([50173])
  })

  test('truncate announces more than it sends', async () => {
    const { refresh, refreshToken } = await withFault({ endpoint: 'token', kind: 'truncate' })
    const response = await refresh(refreshToken)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
  })

  test('drip sends the body byte by byte', async () => {
    const fault = {
      endpoint: 'token',
      kind: 'drip',
      delayMs: 0,
      status: 200,
      body: '{"slow":true}',
    }
    const { refresh, refreshToken } = await withFault(fault)
    expect(await (await refresh(refreshToken)).json()).toEqual({ slow: true })
  })

  test('a drip ends when the stand-in is closed', async () => {
    const fault = { endpoint: 'token', kind: 'drip', delayMs: 3_600_000 }
    const { refresh, refreshToken, standIn } = await withFault(fault)
    const response = await refresh(refreshToken)
    const body = response.text()
    await standIn.close()
    await expect(body).rejects.toThrow('terminated')
  })

  test('redirect sends the client elsewhere', async () => {
    const { refreshToken, standIn } = await withFault({ endpoint: 'token', kind: 'redirect' })
    const response = await fetch(`${standIn.url}/${TENANTS.contoso.id}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ refresh_token: refreshToken }),
      redirect: 'manual',
    })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(`${standIn.url}/redirected`)
  })

  test('huge sends more than anybody should read, empty nothing at all', async () => {
    const { refresh, refreshToken, admin } = await withFault({
      endpoint: 'token',
      kind: 'huge',
      times: 1,
    })
    expect((await (await refresh(refreshToken)).text()).length).toBeGreaterThan(8_000_000)
    await admin('PUT', 'faults', { endpoint: 'token', kind: 'empty', times: 1 })
    expect(await (await refresh(refreshToken)).text()).toBe('')
  })
})

describe('a fault elsewhere', () => {
  test('of authorize with a code comes back to the application after the sign-in', async () => {
    const { authorizeUrl, choose } = await withFault({ endpoint: 'authorize', code: 50076 })
    expect((await fetch(authorizeUrl())).status).toBe(200)
    const form = { account: USERS.contosoMember.username }
    const answer = returned(await choose(authorizeUrl(), form))
    expect(answer.get('error')).toBe('interaction_required')
    expect(answer.get('error_description')).toContain('AADSTS50076:')
  })

  test.each([
    [50105, 'AADSTS50105:'],
    [90094, 'Return to the application without granting consent'],
  ])('of authorize with %i stays on a page', async (code, text) => {
    const { authorizeUrl, choose } = await withFault({ endpoint: 'authorize', code })
    const response = await choose(authorizeUrl(), { account: USERS.contosoMember.username })
    expect(response.headers.has('location')).toBe(false)
    expect(await response.text()).toContain(text)
  })

  test('of authorize with a status meets the browser at once', async () => {
    const { authorizeUrl } = await withFault({ endpoint: 'authorize', status: 503 })
    expect((await fetch(authorizeUrl())).status).toBe(503)
  })

  test('of WhoAmI can spare the call without a token', async () => {
    const fault = { endpoint: 'whoami', code: 0x80095ffc, authenticated: true }
    const { dataverse } = await withFault(fault)
    expect((await dataverse(WHO_AM_I)).status).toBe(401)
    const response = await dataverse(WHO_AM_I, 'any')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: '0x80095ffc' } })
  })

  test('of WhoAmI can be kept to one environment', async () => {
    const fault = { endpoint: 'whoami', status: 503, tenant: 'contoso.crm4.dynamics.com' }
    const { dataverse } = await withFault(fault)
    expect((await dataverse(WHO_AM_I)).status).toBe(401)
    expect((await dataverse('contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI')).status).toBe(503)
  })

  test.each([
    ['jwks', 'discovery/v2.0/keys'],
    ['discovery', 'v2.0/.well-known/openid-configuration'],
  ])('of %s', async (endpoint, path) => {
    const { standIn, admin } = await withFault({ endpoint, status: 500 })
    const url = `${standIn.url}/${TENANTS.contoso.id}/${path}`
    expect((await fetch(url)).status).toBe(500)
    await admin('DELETE', 'faults')
    expect((await fetch(url)).status).toBe(200)
  })

  test('of Global Discovery', async () => {
    const { dataverse } = await withFault({ endpoint: 'globaldisco', status: 500 })
    const path = 'globaldisco.crm.dynamics.com/api/discovery/v2.0/Instances'
    expect((await dataverse(path)).status).toBe(500)
  })
})

describe('switching a fault on', () => {
  test.each([
    [{}],
    [{ endpoint: 'nowhere' }],
    [{ endpoint: 'token', status: 99 }],
    [{ endpoint: 'token', kind: 'earthquake' }],
    [{ endpoint: 'token', times: 0 }],
    [{ endpoint: 'token', headers: { 'bad header': 'x' } }],
    [{ endpoint: 'token', headers: { good: 'a\r\nb' } }],
    [{ endpoint: 'token', colour: 'red' }],
    [{ endpoint: 'token', constructor: 'x' }],
    ['text'],
    [null],
  ])('refuses %j', async (fault) => {
    const { admin } = await scenario()
    const response = await admin('PUT', 'faults', fault)
    expect(response.status).toBe(400)
    expect(await bodyOf<{ error: string }>(response)).toHaveProperty('error')
  })

  test('refuses what is no JSON', async () => {
    const { standIn } = await scenario()
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    for (const path of ['faults', 'settings']) {
      const url = `${standIn.url}/admin/${path}`
      expect((await fetch(url, { method: 'PUT', headers, body: '{"endpoint"' })).status).toBe(400)
    }
  })

  test('refuses what another page’s form could send', async () => {
    const { standIn } = await scenario()
    const body = JSON.stringify({ endpoint: 'token', status: 500 })
    const response = await fetch(`${standIn.url}/admin/faults`, { method: 'PUT', body })
    expect(response.status).toBe(400)
  })
})
