import { describe, expect, test } from 'vitest'
import { TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import {
  bodyOf,
  CLIENT_ID,
  CLIENT_SECRET,
  claimsOf,
  refusalOf,
  SCOPE,
  scenario,
  type TokenBody,
  temporaryFile,
} from './scenario.ts'

const CONTOSO = TENANTS.contoso.id
const DAY_MS = 24 * 60 * 60 * 1000

describe('a refresh', () => {
  test('gives a new refresh token, and the old one stays valid', async () => {
    const { tokens, refresh } = await scenario()
    const { refresh_token: first } = await tokens()
    const renewed = await bodyOf<TokenBody>(await refresh(first))
    expect(renewed.refresh_token).not.toBe(first)
    expect((await refresh(first)).status).toBe(200)
    expect((await refresh(renewed.refresh_token)).status).toBe(200)
  })

  test('ends the old refresh token in strict mode', async () => {
    const { tokens, refresh, admin } = await scenario()
    await admin('PUT', 'settings', { refreshTokens: 'strict' })
    const { refresh_token: first } = await tokens()
    const renewed = await bodyOf<TokenBody>(await refresh(first))
    expect(await refusalOf(await refresh(first))).toMatchObject({
      error: 'invalid_grant',
      error_codes: [50173],
    })
    expect((await refresh(renewed.refresh_token)).status).toBe(200)
  })

  test('does not spend the token in strict mode when it refuses', async () => {
    const { tokens, refresh, admin } = await scenario()
    await admin('PUT', 'settings', { refreshTokens: 'strict' })
    const { refresh_token } = await tokens()
    await refresh(refresh_token, { scope: 'https://fabrikam.crm4.dynamics.com/.default' })
    expect((await refresh(refresh_token)).status).toBe(200)
  })

  test('serves another environment of the tenant, and Global Discovery', async () => {
    const { tokens, refresh } = await scenario()
    const { refresh_token } = await tokens()
    for (const host of ['contoso.crm4.dynamics.com', 'globaldisco.crm.dynamics.com']) {
      const scope = `https://${host}/user_impersonation offline_access`
      const body = await bodyOf<TokenBody>(await refresh(refresh_token, { scope }))
      expect(claimsOf(body.access_token).aud).toBe(`https://${host}`)
    }
  })

  test('asks for what the sign-in asked for when the scope is left out', async () => {
    const { tokens, refresh } = await scenario()
    const { refresh_token } = await tokens()
    const body = await bodyOf<TokenBody>(await refresh(refresh_token, { scope: undefined }))
    expect(claimsOf(body.access_token).aud).toBe('https://example.crm.dynamics.com')
  })

  test('accepts the audience with a slash, which takes two before the permission', async () => {
    const { tokens, refresh } = await scenario()
    const { refresh_token } = await tokens()
    const scope = 'https://example.crm.dynamics.com//user_impersonation'
    const body = await bodyOf<TokenBody>(await refresh(refresh_token, { scope }))
    expect(claimsOf(body.access_token).aud).toBe('https://example.crm.dynamics.com/')
  })

  test('opens a new window of 90 days with each use, and is refused after one, 700082', async () => {
    const { tokens, refresh, advance } = await scenario()
    const { refresh_token } = await tokens()
    advance(89 * DAY_MS)
    expect((await refresh(refresh_token)).status).toBe(200)
    advance(89 * DAY_MS)
    expect((await refresh(refresh_token)).status).toBe(200)
    advance(90 * DAY_MS)
    expect((await refusalOf(await refresh(refresh_token))).error_codes).toEqual([700082])
  })

  test('at a tenant that does not know the user is refused, 50020', async () => {
    const { tokens, refresh } = await scenario()
    const { refresh_token } = await tokens()
    const refused = await refusalOf(await refresh(refresh_token, {}, TENANTS.fabrikam.id))
    expect(refused).toMatchObject({ error: 'invalid_grant', error_codes: [50020] })
  })

  test('at a tenant where nobody consented is refused, 65001', async () => {
    const { tokens, refresh } = await scenario()
    const { refresh_token } = await tokens({}, USERS.fabrikamGuest.username)
    const scope = 'https://fabrikam.crm4.dynamics.com/user_impersonation'
    const refused = await refusalOf(await refresh(refresh_token, { scope }, TENANTS.fabrikam.id))
    expect(refused).toMatchObject({ error: 'invalid_grant', suberror: 'consent_required' })
  })

  test('with a token that was never issued is refused, 70000', async () => {
    const { refresh } = await scenario()
    expect((await refusalOf(await refresh('1.invented'))).error_codes).toEqual([70000])
  })

  test('works after a restart, and so does strictness', async () => {
    const stateFile = temporaryFile('state.jsonl')
    const before = await scenario({ stateFile })
    const { refresh_token: kept } = await before.tokens()
    const { refresh_token: spent } = await before.tokens()
    await before.admin('PUT', 'settings', { refreshTokens: 'strict' })
    await before.refresh(spent)
    await before.standIn.close()
    const after = await scenario({ stateFile })
    expect((await after.refresh(kept)).status).toBe(200)
    expect((await refusalOf(await after.refresh(spent))).error_codes).toEqual([50173])
    const again = await scenario({ stateFile })
    expect((await refusalOf(await again.refresh(spent))).error_codes).toEqual([50173])
  })
})

describe('a token request is refused', () => {
  const grant = { grant_type: 'refresh_token', refresh_token: '1.x', scope: SCOPE }

  test.each([
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['without a secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
    ['of another application', { client_id: 'other' }, 400, 'unauthorized_client', 700016],
    ['of no application', { client_id: undefined }, 400, 'invalid_request', 900144],
    ['without a grant type', { grant_type: undefined }, 400, 'invalid_request', 900144],
    ['for another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['without the token', { refresh_token: undefined }, 400, 'invalid_request', 900144],
    [
      'with resource instead of scope',
      { scope: undefined, resource: 'x' },
      400,
      'invalid_request',
      901002,
    ],
    ['with resource and scope', { resource: 'x' }, 400, 'invalid_request', 9010010],
  ])('%s', async (...[, fields, status, error, code]) => {
    const { token } = await scenario()
    const response = await token({ ...grant, ...fields })
    expect(response.status).toBe(status)
    expect(await refusalOf(response)).toMatchObject({ error, error_codes: [code] })
  })

  test('when it is not form-encoded, 900144', async () => {
    const { standIn } = await scenario()
    const response = await fetch(`${standIn.url}/${CONTOSO}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...grant, client_id: CLIENT_ID, client_secret: CLIENT_SECRET }),
    })
    expect((await refusalOf(response)).error_codes).toEqual([900144])
  })

  test('when it comes from a browser, 9002326', async () => {
    const { standIn } = await scenario()
    const response = await fetch(`${standIn.url}/${CONTOSO}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { origin: 'https://spa.example' },
      body: new URLSearchParams(grant),
    })
    expect((await refusalOf(response)).error_codes).toEqual([9002326])
  })

  test('when a parameter is sent twice', async () => {
    const { standIn } = await scenario()
    const response = await fetch(`${standIn.url}/${CONTOSO}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['grant_type', 'refresh_token'],
      ]),
    })
    expect((await refusalOf(response)).error_codes).toEqual([9000411])
  })

  test('at a tenant that does not exist, 90002', async () => {
    const { token } = await scenario()
    expect(await refusalOf(await token(grant, 'common'))).toMatchObject({
      error: 'invalid_request',
      error_codes: [90002],
    })
  })

  test('until the secret that was changed is used', async () => {
    const { tokens, refresh, admin } = await scenario()
    const { refresh_token } = await tokens()
    const changed = await (await admin('PUT', 'settings', { clientSecret: 'new-secret' })).text()
    expect(changed).not.toContain('new-secret')
    expect((await refresh(refresh_token)).status).toBe(401)
    expect((await refresh(refresh_token, { client_secret: 'new-secret' })).status).toBe(200)
  })
})

describe('a token of the app itself', () => {
  const scope = `${CLIENT_ID}/.default`
  const grant = { grant_type: 'client_credentials', scope }

  test('speaks for no user, and cannot be renewed', async () => {
    const { token } = await scenario({ accessTokenLifetimeSeconds: 90 })
    const response = await token(grant, 'contoso.example')
    expect(response.status).toBe(200)
    const body = await bodyOf<TokenBody>(response)
    expect(Object.keys(body)).toEqual([
      'token_type',
      'expires_in',
      'ext_expires_in',
      'access_token',
    ])
    expect(body.expires_in).toBe(90)
    const claims = claimsOf(body.access_token)
    expect(claims).toMatchObject({ aud: CLIENT_ID, appid: CLIENT_ID, idtyp: 'app', tid: CONTOSO })
    expect(claims.oid).toBeUndefined()
  })

  test.each([
    ['without a scope', { scope: undefined }, CONTOSO, 900144],
    ['for one permission', { scope: `${CLIENT_ID}/user_impersonation` }, CONTOSO, 1002012],
    ['for two resources', { scope: `${scope} https://x.example/.default` }, CONTOSO, 1002012],
    ['at no tenant', {}, 'organizations', 50059],
    ['where nobody let the app in', {}, TENANTS.fabrikam.id, 700016],
    ['with a wrong secret', { client_secret: 'wrong' }, CONTOSO, 7000215],
    ['at what cannot be a tenant', {}, 'contoso', 900023],
  ])('is refused %s', async (...[, fields, authority, code]) => {
    const { token } = await scenario()
    const refused = await refusalOf(await token({ ...grant, ...fields }, authority))
    expect(refused.error_codes).toEqual([code])
  })
})

describe('a refusal', () => {
  test('has the shape of Entra’s error body', async () => {
    const { token } = await scenario()
    const response = await token({ grant_type: 'refresh_token', client_secret: 'wrong' })
    const body = await refusalOf(response)
    const id = /^[0-9a-f-]{36}$/
    expect(body.trace_id).toMatch(id)
    expect(body.correlation_id).toMatch(id)
    expect(body.timestamp).toBe('2026-08-13 10:20:30Z')
    expect(body.error_uri).toBe('https://login.microsoftonline.com/error?code=7000215')
    expect(body.error_description).toMatch(
      /^AADSTS7000215: .+ Trace ID: \S+ Correlation ID: \S+ Timestamp: 2026-08-13 10:20:30Z$/,
    )
    expect(response.headers.get('x-ms-request-id')).toBe(body.trace_id)
    expect(response.headers.get('cache-control')).toContain('no-store')
    expect(body.error_description).not.toContain('wrong')
  })
})

describe('a refresh token to import', () => {
  test.each([
    [USERS.contosoMember, CONTOSO],
    [USERS.fabrikamGuest, CONTOSO],
    [USERS.fabrikamGuest, TENANTS.fabrikam.id],
    [USERS.northwindMember, TENANTS.northwind.id],
  ])('is good at each tenant of its user: $username, %s', async ({ username, ...user }, tenant) => {
    const { admin, refresh } = await scenario()
    const issued = await admin('POST', 'refresh-tokens', { username })
    const { refresh_token } = await bodyOf<TokenBody>(issued)
    const scope = 'openid profile offline_access'
    const tokens = await bodyOf<TokenBody>(await refresh(refresh_token, { scope }, tenant))
    expect(claimsOf(tokens.id_token)).toMatchObject({ tid: tenant, oid: user.objectIds[tenant] })
  })

  test.each([undefined, {}, { username: 'nobody@contoso.example' }, { username: 7 }, 'text'])(
    'is given to nobody that is not there: %j',
    async (body) => {
      const { admin } = await scenario()
      expect((await admin('POST', 'refresh-tokens', body)).status).toBe(400)
      expect((await admin('GET', 'refresh-tokens')).status).toBe(405)
    },
  )
})

describe('the settings', () => {
  test('give every access token the lifetime that was set', async () => {
    const { tokens, admin } = await scenario({ accessTokenLifetimeSeconds: 90 })
    expect((await tokens()).expires_in).toBe(90)
    await admin('PUT', 'settings', { accessTokenLifetimeSeconds: 120 })
    expect((await tokens()).expires_in).toBe(120)
  })

  test.each([
    [{ refreshTokens: 'sometimes' }],
    [{ accessTokenLifetimeSeconds: 0 }],
    [{ clientSecret: '' }],
    [{ colour: 'red' }],
    [[]],
  ])('refuse %j', async (settings) => {
    const { admin } = await scenario()
    expect((await admin('PUT', 'settings', settings)).status).toBe(400)
  })
})
