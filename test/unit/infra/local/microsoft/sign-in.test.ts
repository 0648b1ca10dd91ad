import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import {
  bodyOf,
  CLIENT_ID,
  CLIENT_SECRET,
  CODE_VERIFIER,
  claimsOf,
  REDIRECT_URI,
  RESOURCE,
  refusalOf,
  returned,
  SCOPE,
  START,
  scenario,
  type TokenBody,
} from './scenario.ts'

const CONTOSO = TENANTS.contoso.id
const GRAPH_FREE_SCOPE = `${RESOURCE}/user_impersonation`

describe('the sign-in page', () => {
  test('offers every account, and says that none of them is real', async () => {
    const { authorizeUrl } = await scenario()
    const response = await fetch(authorizeUrl())
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(html).toContain('Local stand-in for Microsoft: no real account is used.')
    for (const { username } of Object.values(USERS)) expect(html).toContain(`value="${username}"`)
    expect(html).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('escapes what the request brought', async () => {
    const { authorizeUrl } = await scenario()
    const html = await (await fetch(authorizeUrl({ state: '"><img src=x>' }))).text()
    expect(html).not.toContain('<img')
  })

  test('puts the account of a login_hint first, be it a username or the claim', async () => {
    const { authorizeUrl, tokens } = await scenario()
    const username = USERS.fabrikamGuest.username
    const claim = String(claimsOf((await tokens({}, username)).id_token).login_hint)
    for (const hint of [username, claim]) {
      const html = await (await fetch(authorizeUrl({ login_hint: hint }))).text()
      expect(html.indexOf('class="primary"')).toBeGreaterThan(0)
      expect(html.indexOf(`value="${username}"`)).toBeLessThan(html.indexOf('value="ana.costa'))
    }
  })

  test('returns code, state and session_state, and an empty fragment', async () => {
    const { authorizeUrl, choose } = await scenario()
    const account = USERS.contosoMember.username
    const response = await choose(authorizeUrl(), { account })
    const location = response.headers.get('location') ?? ''
    expect(response.status).toBe(303)
    expect(location.startsWith(`${REDIRECT_URI}?`)).toBe(true)
    expect(location.endsWith('#')).toBe(true)
    expect([...returned(response).keys()].toSorted()).toEqual(['code', 'session_state', 'state'])
    expect(returned(response).get('state')).toBe('state-1')
  })

  test('returns in the fragment or in a form when asked to', async () => {
    const { authorizeUrl, choose } = await scenario()
    const form = { account: USERS.contosoMember.username }
    const fragment = await choose(authorizeUrl({ response_mode: 'fragment' }), form)
    expect(fragment.headers.get('location')).toContain(`${REDIRECT_URI}#code=`)
    const posted = await (await choose(authorizeUrl({ response_mode: 'form_post' }), form)).text()
    expect(posted).toContain(`action="${REDIRECT_URI}"`)
    expect(posted).toContain('name="code"')
  })
})

describe('redeeming a code', () => {
  test('gives the tokens of the account, of the size of real ones', async () => {
    const { tokens } = await scenario()
    const body = await tokens()
    expect(body.token_type).toBe('Bearer')
    expect(body.scope).toBe(`${RESOURCE}/user_impersonation ${RESOURCE}/.default`)
    expect(body.expires_in).toBeGreaterThanOrEqual(3600)
    expect(body.expires_in).toBeLessThanOrEqual(5400)
    expect(body.ext_expires_in).toBe(body.expires_in)
    expect(body.access_token.length).toBeGreaterThan(1900)
    expect(body.access_token.length).toBeLessThan(2200)
    expect(body.refresh_token.length).toBeGreaterThan(1500)
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: RESOURCE,
      iss: `https://sts.windows.net/${CONTOSO}/`,
      appid: CLIENT_ID,
      tid: CONTOSO,
      oid: USERS.contosoMember.objectIds[CONTOSO],
      ver: '1.0',
      exp: START.getTime() / 1000 + body.expires_in,
    })
  })

  test('signs the id_token with a key of the JWKS, whose issuer is a template', async () => {
    const { tokens, standIn } = await scenario()
    const { id_token } = await tokens()
    const address = `${standIn.url}/${CONTOSO}/discovery/v2.0/keys`
    const keys = await bodyOf<JSONWebKeySet>(await fetch(address))
    const { payload } = await jwtVerify(id_token, createLocalJWKSet(keys), {
      issuer: `${standIn.url}/${CONTOSO}/v2.0`,
      audience: CLIENT_ID,
      currentDate: START,
    })
    expect(keys.keys[0]).toMatchObject({ issuer: `${standIn.url}/{tenantid}/v2.0`, use: 'sig' })
    expect(payload).toMatchObject({
      nonce: 'nonce-1',
      oid: USERS.contosoMember.objectIds[CONTOSO],
      preferred_username: USERS.contosoMember.username,
      name: USERS.contosoMember.name,
      tid: CONTOSO,
      ver: '2.0',
    })
    expect(payload).not.toHaveProperty('idp')
  })

  test('names where a guest comes from, in the id_token and in client_info', async () => {
    const { signIn, redeem } = await scenario()
    const code = await signIn({}, USERS.fabrikamGuest.username)
    const body = await bodyOf<TokenBody>(await redeem(code, { client_info: '1' }))
    expect(claimsOf(body.id_token)).toMatchObject({
      tid: CONTOSO,
      idp: `https://sts.windows.net/${TENANTS.fabrikam.id}/`,
    })
    const clientInfo = JSON.parse(Buffer.from(body.client_info ?? '', 'base64url').toString())
    expect(clientInfo.utid).toBe(TENANTS.fabrikam.id)
  })

  test('gives no refresh token without offline_access and no id_token without openid', async () => {
    const { tokens } = await scenario()
    const body = await tokens({ scope: GRAPH_FREE_SCOPE })
    expect(body).not.toHaveProperty('refresh_token')
    expect(body).not.toHaveProperty('id_token')
  })

  test('keeps name and object id out of the id_token without the profile scope', async () => {
    const { tokens } = await scenario()
    const claims = claimsOf((await tokens({ scope: `${GRAPH_FREE_SCOPE} openid` })).id_token)
    expect(claims).not.toHaveProperty('oid')
    expect(claims).not.toHaveProperty('preferred_username')
    expect(claims).toHaveProperty('sub')
  })

  test('takes the client secret by HTTP Basic too', async () => {
    const { signIn, standIn } = await scenario()
    const pair = [CLIENT_ID, CLIENT_SECRET].map(encodeURIComponent).join(':')
    const response = await fetch(`${standIn.url}/${CONTOSO}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: await signIn(),
        redirect_uri: REDIRECT_URI,
        code_verifier: CODE_VERIFIER,
      }),
    })
    expect(response.status).toBe(200)
  })

  test('compares the code_verifier as it is when the method was left out', async () => {
    const { signIn, redeem } = await scenario()
    const plain = { code_challenge: CODE_VERIFIER, code_challenge_method: undefined }
    expect((await redeem(await signIn(plain))).status).toBe(200)
  })

  test('works at organizations for the environment of the account’s own tenant', async () => {
    const { authorizeUrl, choose, redeem } = await scenario()
    const account = USERS.contosoMember.username
    const response = await choose(authorizeUrl({}, 'organizations'), { account })
    const code = returned(response).get('code') ?? ''
    expect((await redeem(code, {}, 'organizations')).status).toBe(200)
  })

  test('refuses a code that was redeemed before, 54005', async () => {
    const { signIn, redeem } = await scenario()
    const code = await signIn()
    await redeem(code)
    const refused = await refusalOf(await redeem(code))
    expect(refused).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  })

  test('refuses a code after a minute, 70008', async () => {
    const { signIn, redeem, advance } = await scenario()
    const code = await signIn()
    advance(60_000)
    expect(await refusalOf(await redeem(code))).toMatchObject({
      error: 'invalid_grant',
      error_codes: [70008],
    })
  })

  test.each([
    ['another code_verifier', { code_verifier: 'x'.repeat(43) }, 501481],
    ['no code_verifier', { code_verifier: undefined }, 501481],
    ['another redirect_uri', { redirect_uri: `${REDIRECT_URI}/` }, 500112],
    ['no redirect_uri', { redirect_uri: undefined }, 900144],
    [
      'an environment of another tenant',
      { scope: 'https://fabrikam.crm4.dynamics.com/.default' },
      500011,
    ],
    [
      'two resources',
      { scope: `${SCOPE} https://globaldisco.crm.dynamics.com/user_impersonation` },
      28000,
    ],
  ])('refuses %s', async (_what, fields, code) => {
    const { signIn, redeem } = await scenario()
    expect((await refusalOf(await redeem(await signIn(), fields))).error_codes).toEqual([code])
  })

  test('refuses another authority than that of the sign-in, 700005', async () => {
    const { signIn, redeem } = await scenario()
    const refused = await refusalOf(await redeem(await signIn(), {}, 'organizations'))
    expect(refused.error_codes).toEqual([700005])
  })
})
