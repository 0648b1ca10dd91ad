import { describe, expect, test } from 'vitest'
import { TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import { CLIENT_ID, REDIRECT_URI, refusalOf, returned, scenario } from './scenario.ts'

const NORTHWIND = TENANTS.northwind.id
const NORTHWIND_SCOPE = 'https://northwind.crm11.dynamics.com/user_impersonation openid profile'

describe('a request that Microsoft keeps on its own page', () => {
  test.each([
    ['a redirect URI that differs by a slash', { redirect_uri: `${REDIRECT_URI}/` }, 50011],
    ['no redirect URI', { redirect_uri: undefined }, 900971],
    ['another application', { client_id: 'somebody-else' }, 700016],
    ['no application', { client_id: undefined }, 900144],
  ])('%s', async (_what, parameters, code) => {
    const { authorizeUrl } = await scenario()
    const response = await fetch(authorizeUrl(parameters), { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(response.headers.has('location')).toBe(false)
    expect(await response.text()).toContain(`AADSTS${code}:`)
  })

  test('a tenant that does not exist, 90002', async () => {
    const { authorizeUrl } = await scenario()
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect(await (await fetch(authorizeUrl({}, unknown))).text()).toContain('AADSTS90002:')
  })

  test('an account that the tenant does not know, 50020', async () => {
    const { authorizeUrl, choose } = await scenario()
    const response = await choose(authorizeUrl(), { account: USERS.fabrikamMember.username })
    expect(response.headers.has('location')).toBe(false)
    expect(await response.text()).toContain('AADSTS50020:')
  })

  test('a personal account, at a tenant and at organizations, 50020', async () => {
    const { authorizeUrl, choose } = await scenario()
    for (const url of [authorizeUrl(), authorizeUrl({}, 'organizations')]) {
      const response = await choose(url, { account: USERS.personal.username })
      expect(response.headers.has('location')).toBe(false)
      expect(await response.text()).toContain('AADSTS50020:')
    }
  })

  test('an account that nobody knows, or none, 50034', async () => {
    const { authorizeUrl, choose } = await scenario()
    for (const form of [{ account: 'nobody@nowhere.example' }, {}]) {
      expect(await (await choose(authorizeUrl(), form)).text()).toContain('AADSTS50034:')
    }
  })
})

describe('a request that is sent back with an error', () => {
  test.each([
    ['prompt=none', { prompt: 'none' }, 'login_required', 50058],
    ['an unknown prompt', { prompt: 'maybe' }, 'invalid_request', 90023],
    [
      'a response_type that is not code',
      { response_type: 'token' },
      'unsupported_response_type',
      700054,
    ],
    ['no response_type', { response_type: undefined }, 'invalid_request', 900144],
    ['no scope', { scope: undefined }, 'invalid_request', 900144],
    ['a bare permission', { scope: 'user_impersonation' }, 'access_denied', 650053],
    [
      'a permission that does not exist',
      { scope: 'https://example.crm.dynamics.com/all' },
      'access_denied',
      650053,
    ],
    [
      'an unknown environment',
      { scope: 'https://nothing.crm.dynamics.com/.default' },
      'invalid_resource',
      500011,
    ],
    ['an environment of another tenant', { scope: NORTHWIND_SCOPE }, 'invalid_resource', 500011],
    [
      'a resource without https',
      { scope: 'example.crm.dynamics.com/user_impersonation' },
      'invalid_scope',
      70011,
    ],
    [
      '.default beside another scope',
      {
        scope:
          'https://example.crm.dynamics.com/.default https://contoso.crm4.dynamics.com/.default',
      },
      'invalid_scope',
      70011,
    ],
    [
      'a v1.0 resource parameter',
      { resource: 'https://example.crm.dynamics.com' },
      'invalid_request',
      901002,
    ],
    ['an unknown challenge method', { code_challenge_method: 'S512' }, 'invalid_request', 50149],
    ['a short challenge', { code_challenge: 'short' }, 'invalid_request', 501491],
    ['claims that are no JSON', { claims: '{' }, 'invalid_request', 50117],
  ])('%s', async (...[, parameters, error, code]) => {
    const { authorizeUrl } = await scenario()
    const response = await fetch(authorizeUrl(parameters), { redirect: 'manual' })
    expect(returned(response).get('error')).toBe(error)
    expect(returned(response).get('error_description')).toContain(`AADSTS${code}:`)
    expect(returned(response).get('state')).toBe('state-1')
  })

  test('Cancel comes back without a description', async () => {
    const { authorizeUrl, choose } = await scenario()
    const answer = returned(await choose(authorizeUrl(), { outcome: 'cancel' }))
    expect(Object.fromEntries(answer)).toEqual({
      error: 'access_denied',
      error_subcode: 'cancel',
      state: 'state-1',
    })
  })

  test.each([
    ['decline', 'access_denied', 'AADSTS65004:'],
    ['consent_required', 'consent_required', 'AADSTS65001:'],
  ])('%s', async (outcome, error, description) => {
    const { authorizeUrl, choose } = await scenario()
    const answer = returned(await choose(authorizeUrl(), { outcome }))
    expect(answer.get('error')).toBe(error)
    expect(answer.get('error_description')).toContain(description)
  })

  test('an account of another tenant at organizations finds no such environment, 500011', async () => {
    const { authorizeUrl, choose } = await scenario()
    const url = authorizeUrl({}, 'organizations')
    const answer = returned(await choose(url, { account: USERS.fabrikamGuest.username }))
    expect(answer.get('error')).toBe('invalid_resource')
  })

  test('consent that is withdrawn at once is missed at the token endpoint, 65001', async () => {
    const { authorizeUrl, choose, redeem } = await scenario()
    const form = { outcome: 'consent_withdrawn', account: USERS.contosoMember.username }
    const code = returned(await choose(authorizeUrl(), form)).get('code') ?? ''
    expect(await refusalOf(await redeem(code))).toMatchObject({
      error: 'invalid_grant',
      suberror: 'consent_required',
      error_codes: [65001],
    })
  })
})

describe('a tenant where only an administrator can consent', () => {
  const signInUrl = (
    authorizeUrl: (parameters: Record<string, string>, authority: string) => string,
    extra: Record<string, string> = {},
  ) => authorizeUrl({ scope: NORTHWIND_SCOPE, ...extra }, NORTHWIND)
  const member = { account: USERS.northwindMember.username }

  const consentUrl = (base: string, parameters: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      scope: NORTHWIND_SCOPE,
      state: 'state-2',
      ...parameters,
    })
    return `${base}/${NORTHWIND}/v2.0/adminconsent?${query}`
  }

  test('stops its members at a wall, with a way back that looks like Cancel', async () => {
    const { authorizeUrl, choose } = await scenario()
    const html = await (await choose(signInUrl(authorizeUrl), member)).text()
    expect(html).toContain('Need admin approval')
    expect(html).toContain('Return to the application without granting consent')
    const back = `${REDIRECT_URI}?error=access_denied&amp;error_subcode=cancel&amp;state=state-1#`
    expect(html).toContain(`href="${back}"`)
  })

  test('lets its administrator sign in, who thereby consents for himself only', async () => {
    const { authorizeUrl, choose } = await scenario()
    const admin = { account: USERS.northwindAdmin.username }
    expect(returned(await choose(signInUrl(authorizeUrl), admin)).has('code')).toBe(true)
    const answer = await choose(signInUrl(authorizeUrl), member)
    expect(answer.status).toBe(200)
  })

  test('lets its members in once the administrator accepted for all', async () => {
    const { authorizeUrl, choose, standIn } = await scenario()
    expect(await (await fetch(consentUrl(standIn.url))).text()).toContain('Nadia Holm')
    const accepted = returned(await choose(consentUrl(standIn.url), { decision: 'accept' }))
    expect(Object.fromEntries(accepted)).toEqual({
      admin_consent: 'True',
      tenant: NORTHWIND,
      scope: NORTHWIND_SCOPE,
      state: 'state-2',
    })
    expect(returned(await choose(signInUrl(authorizeUrl), member)).has('code')).toBe(true)
  })

  test('still shows the wall when the member is made to consent again', async () => {
    const { authorizeUrl, choose, standIn } = await scenario()
    await choose(consentUrl(standIn.url), { decision: 'accept' })
    const answer = await choose(signInUrl(authorizeUrl, { prompt: 'consent' }), member)
    expect(await answer.text()).toContain('Need admin approval')
  })

  test.each([
    ['Cancel', { decision: 'cancel' }, 'consent_required'],
    [
      'an account that is no administrator',
      { decision: 'accept', account: USERS.northwindMember.username },
      'access_denied',
    ],
    [
      'an administrator of another tenant',
      { decision: 'accept', account: USERS.contosoAdmin.username },
      'access_denied',
    ],
  ])('%s fails, and still says admin_consent=True', async (_what, form, error) => {
    const { choose, standIn, authorizeUrl } = await scenario()
    const answer = returned(await choose(consentUrl(standIn.url), form))
    expect(answer.get('admin_consent')).toBe('True')
    expect(answer.get('error')).toBe(error)
    expect(answer.get('state')).toBe('state-2')
    expect((await choose(signInUrl(authorizeUrl), member)).status).toBe(200)
  })

  test('lets the administrators of every tenant choose at organizations', async () => {
    const { choose, standIn } = await scenario()
    const url = consentUrl(standIn.url).replace(NORTHWIND, 'organizations')
    const html = await (await fetch(url)).text()
    for (const role of ['contosoAdmin', 'fabrikamMember', 'northwindAdmin'] as const) {
      expect(html).toContain(`<option value="${USERS[role].username}">`)
    }
    const form = { decision: 'accept', account: USERS.northwindAdmin.username }
    expect(returned(await choose(url, form)).get('tenant')).toBe(NORTHWIND)
  })

  test.each([
    ['no scope', { scope: '' }, 900144],
    ['an address that is not registered', { redirect_uri: 'https://evil.example/' }, 50011],
  ])('admin consent with %s stays on a page', async (_what, parameters, code) => {
    const { standIn } = await scenario()
    const response = await fetch(consentUrl(standIn.url, parameters), { redirect: 'manual' })
    expect(await response.text()).toContain(`AADSTS${code}:`)
  })
})
