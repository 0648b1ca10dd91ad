import { describe, expect, test } from 'vitest'
import { entraTokenEndpoint } from '../../../functions/adapters/entra-token-endpoint.ts'
import { at, handClock, SECOND } from '../../fakes/hand-clock.ts'
import { AUTHORITY, aUser, OTHER_TENANT, RESOURCE, TENANT } from '../../support/builders.ts'
import {
  ACCESS_TOKEN,
  APP_SECRET,
  aCodeGrant,
  anAdoptedGrant,
  aRefreshGrant,
  CLIENT_ID,
  CODE,
  CODE_VERIFIER,
  type EntraServer,
  entraServer,
  type IdTokenParts,
  nowInSeconds,
  REFRESH_TOKEN,
  SENT_REFRESH_TOKEN,
} from './entra-server.ts'

const ORGANIZATIONS = { ...AUTHORITY, tenant: 'organizations' }

const GRANTS = [
  ['a code', 'exchangeCode', aCodeGrant],
  ['a refresh', 'refresh', aRefreshGrant],
  ['an adoption', 'adopt', anAdoptedGrant],
] as const

/** What tells who a user is. */
const IDENTIFYING = [
  ['a code', 'exchangeCode'],
  ['an adoption', 'adopt'],
] as const

function endpointAt({ url }: EntraServer) {
  const { now } = handClock()
  const endpoint = entraTokenEndpoint({ entraBaseUrl: url, now })
  return {
    exchangeCode: (grant: Parameters<typeof aCodeGrant>[0] = {}) =>
      endpoint.exchangeCode(aCodeGrant(grant)),
    refresh: (grant: Parameters<typeof aRefreshGrant>[0] = {}) =>
      endpoint.refresh(aRefreshGrant(grant)),
    adopt: (grant: Parameters<typeof anAdoptedGrant>[0] = {}) =>
      endpoint.adopt(anAdoptedGrant(grant)),
  }
}

/** The fields of the one form that the token endpoint got. */
function sent(entra: EntraServer): Record<string, string> {
  const [request] = entra.grants
  return Object.fromEntries(new URLSearchParams(request?.body))
}

describe('redeeming a code', () => {
  test('gives the tokens and the user of the id_token', async () => {
    const entra = await entraServer()
    await entra.issue()
    expect(await endpointAt(entra).exchangeCode()).toEqual({
      outcome: 'issued',
      tokenSet: {
        accessToken: ACCESS_TOKEN,
        refreshToken: REFRESH_TOKEN,
        accessTokenExpiresAt: at(4321 * SECOND),
        obtainedAt: at(0),
      },
      user: aUser(),
    })
  })

  test('sends what the authorization request promised, at the tenant that it was for', async () => {
    const entra = await entraServer()
    await entra.issue()
    await endpointAt(entra).exchangeCode()
    expect(entra.grants[0]).toMatchObject({
      method: 'POST',
      path: `/${TENANT}/oauth2/v2.0/token`,
    })
    expect(sent(entra)).toEqual({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      client_secret: APP_SECRET,
      code: CODE,
      code_verifier: CODE_VERIFIER,
      redirect_uri: 'https://connect.example/connector/callback',
      scope: `${RESOURCE}/user_impersonation offline_access openid profile`,
    })
  })

  test('fetches the signing keys of the tenant once', async () => {
    const entra = await entraServer()
    await entra.issue()
    const endpoint = endpointAt(entra)
    await endpoint.exchangeCode()
    await endpoint.exchangeCode()
    expect(entra.keyRequests.map(({ path }) => path)).toEqual([`/${TENANT}/discovery/v2.0/keys`])
  })

  test('takes the names of a user only where they are texts, and not at any length', async () => {
    const entra = await entraServer()
    const claims = { name: 'x'.repeat(5000), preferred_username: 7, login_hint: '' }
    await entra.issue({}, { claims })
    expect(await endpointAt(entra).exchangeCode()).toMatchObject({
      user: { name: 'x'.repeat(1024), username: undefined, loginHint: undefined },
    })
  })

  test('needs a refresh token', async () => {
    const entra = await entraServer()
    await entra.issue({ refresh_token: undefined })
    expect(await endpointAt(entra).exchangeCode()).toMatchObject({ outcome: 'malformed' })
  })

  test.each<[what: string, parts: IdTokenParts]>([
    ['has another nonce', { claims: { nonce: 'another' } }],
    ['has no nonce', { claims: { nonce: undefined } }],
  ])('is refused when its id_token %s', async (_, parts) => {
    const entra = await entraServer()
    await entra.issue({}, parts)
    expect(await endpointAt(entra).exchangeCode()).toMatchObject({ outcome: 'malformed' })
  })
})

describe('adopting a grant', () => {
  test('gives the tokens and the user of the id_token', async () => {
    const entra = await entraServer()
    await entra.issue({}, { claims: { nonce: undefined } })
    expect(await endpointAt(entra).adopt()).toEqual({
      outcome: 'issued',
      tokenSet: {
        accessToken: ACCESS_TOKEN,
        refreshToken: REFRESH_TOKEN,
        accessTokenExpiresAt: at(4321 * SECOND),
        obtainedAt: at(0),
      },
      user: aUser(),
    })
  })

  test('sends what a refresh sends', async () => {
    const entra = await entraServer()
    await entra.issue()
    await endpointAt(entra).adopt()
    await endpointAt(entra).refresh()
    const [adoption, refresh] = entra.grants
    expect([adoption?.path, adoption?.body]).toEqual([refresh?.path, refresh?.body])
    expect(sent(entra)).toMatchObject({ refresh_token: SENT_REFRESH_TOKEN })
  })

  test('keeps the refresh token that was sent when no new one comes', async () => {
    const entra = await entraServer()
    await entra.issue({ refresh_token: undefined })
    expect(await endpointAt(entra).adopt()).toMatchObject({
      outcome: 'issued',
      tokenSet: { refreshToken: SENT_REFRESH_TOKEN },
    })
  })
})

describe.each(IDENTIFYING)('an id_token that comes with %s', (_, method) => {
  test('is needed', async () => {
    const entra = await entraServer()
    await entra.issue({ id_token: undefined })
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'malformed' })
  })

  test.each<[what: string, claims: Record<string, unknown>]>([
    ['issued 290 s in the future', { iat: nowInSeconds + 290, nbf: nowInSeconds + 290 }],
    ['expired 290 s ago', { exp: nowInSeconds - 290 }],
    ['without nbf', { nbf: undefined }],
  ])('is taken when it is %s, since clocks differ', async (_what, claims) => {
    const entra = await entraServer()
    await entra.issue({}, { claims })
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'issued' })
  })

  test.each<[what: string, parts: IdTokenParts]>([
    ['is without issuer', { claims: { iss: undefined } }],
    ['is of a foreign issuer', { claims: { iss: `https://evil.example/${TENANT}/v2.0` } }],
    ['has the template of an issuer', { claims: { iss: 'https://x.example/{tenantid}/v2.0' } }],
    ['is for another application', { claims: { aud: 'f0f0f0f0-2222-4333-8444-555555555555' } }],
    ['is for another application too', { claims: { aud: [CLIENT_ID, 'another'] } }],
    ['is for nobody', { claims: { aud: undefined } }],
    ['has expired', { claims: { exp: nowInSeconds - 301 } }],
    ['never expires', { claims: { exp: undefined } }],
    ['has an expiry that is a text', { claims: { exp: String(nowInSeconds + 3600) } }],
    ['is not valid yet', { claims: { nbf: nowInSeconds + 301 } }],
    ['has no time of issue', { claims: { iat: undefined } }],
    ['names no tenant', { claims: { tid: undefined } }],
    ['names a tenant that is no GUID', { claims: { tid: 'contoso.onmicrosoft.com' } }],
    ['names a tenant that is a list', { claims: { tid: [TENANT] } }],
    ['names no user', { claims: { oid: undefined } }],
    ['names a user that is no GUID', { claims: { oid: 'ada' } }],
    ['is signed by nobody', { by: 'none' }],
    ['is signed with the client secret', { by: 'the client secret' }],
    ['has a signature of another key', { by: 'another key' }],
    ['has a signature that is none', { by: 'nobody' }],
    ['names a key that is not known', { keyId: 'another' }],
  ])('is refused when it %s', async (_what, parts) => {
    const entra = await entraServer()
    await entra.issue({}, parts)
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'malformed' })
  })

  test.each(['', 'canary', 'a.b.c', 'e30.e30.', 7, {}])('is refused when it is %j', async (id) => {
    const entra = await entraServer()
    await entra.issue({ id_token: id })
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'malformed' })
  })

  test('of another tenant is refused, even when that tenant issued it', async () => {
    const entra = await entraServer()
    const claims = { iss: `${entra.url}/${OTHER_TENANT}/v2.0`, tid: OTHER_TENANT }
    await entra.issue({}, { claims })
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'malformed' })
  })

  test('makes no difference to a user whose tokens cannot be checked: nothing is issued', async () => {
    const entra = await entraServer()
    await entra.issue()
    entra.answerKeys({ body: { keys: [] } })
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'malformed' })
  })

  test.each([500, 503, 429])(
    'that cannot be checked since the signing keys answer %i is no fault of the answer',
    async (status) => {
      const entra = await entraServer()
      await entra.issue()
      entra.answerKeys({ status })
      expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'unavailable' })
    },
  )

  test('that cannot be checked since the signing keys do not come is no fault of the answer', async () => {
    const entra = await entraServer()
    await entra.issue()
    entra.answerKeys((_, response) => response.socket?.resetAndDestroy())
    expect(await endpointAt(entra)[method]()).toMatchObject({ outcome: 'unavailable' })
  })
})

describe.each(IDENTIFYING)('at organizations, with %s', (_, method) => {
  test('the issuer is that of the tenant that the id_token names', async () => {
    const entra = await entraServer()
    await entra.issue()
    expect(await endpointAt(entra)[method]({ authority: ORGANIZATIONS })).toMatchObject({
      outcome: 'issued',
      user: { tenantId: TENANT },
    })
    expect(entra.grants[0]?.path).toBe('/organizations/oauth2/v2.0/token')
  })

  test.each<[what: string, claims: Record<string, unknown>]>([
    ['names another tenant than its issuer', { tid: OTHER_TENANT }],
    ['names no tenant', { tid: undefined }],
    ['names no tenant but a path', { tid: '../../evil' }],
    ['has the literal issuer of organizations', { iss: 'https://x.example/organizations/v2.0' }],
  ])('an id_token is refused that %s', async (_what, claims) => {
    const entra = await entraServer()
    await entra.issue({}, { claims })
    const outcome = await endpointAt(entra)[method]({ authority: ORGANIZATIONS })
    expect(outcome).toMatchObject({ outcome: 'malformed' })
  })

  test('an answer without an id_token is refused', async () => {
    const entra = await entraServer()
    await entra.issue({ id_token: undefined })
    const outcome = await endpointAt(entra)[method]({ authority: ORGANIZATIONS })
    expect(outcome).toMatchObject({ outcome: 'malformed' })
  })
})

describe('the issuer of the authorization response', () => {
  test.each([
    ['the tenant', AUTHORITY],
    ['organizations', ORGANIZATIONS],
  ])('is taken at %s when it is the one of the id_token', async (_, authority) => {
    const entra = await entraServer()
    await entra.issue()
    const issuer = `${entra.url}/${TENANT}/v2.0`
    const outcome = await endpointAt(entra).exchangeCode({ authority, issuer })
    expect(outcome).toMatchObject({ outcome: 'issued' })
  })

  test.each([
    ['the tenant', AUTHORITY],
    ['organizations', ORGANIZATIONS],
  ])('is refused at %s when another tenant is named', async (_, authority) => {
    const entra = await entraServer()
    await entra.issue()
    const issuer = `${entra.url}/${OTHER_TENANT}/v2.0`
    const outcome = await endpointAt(entra).exchangeCode({ authority, issuer })
    expect(outcome).toMatchObject({ outcome: 'malformed' })
  })

  test.each([
    ['the tenant', AUTHORITY],
    ['organizations', ORGANIZATIONS],
  ])('of another server costs the code at %s no request', async (_, authority) => {
    const entra = await entraServer()
    await entra.issue()
    const issuer = `https://evil.example/${TENANT}/v2.0`
    await endpointAt(entra).exchangeCode({ authority, issuer })
    expect(entra.grants).toEqual([])
  })
})

describe('renewing a grant', () => {
  test('gives the new tokens', async () => {
    const entra = await entraServer()
    await entra.issue()
    expect(await endpointAt(entra).refresh()).toEqual({
      outcome: 'issued',
      tokenSet: {
        accessToken: ACCESS_TOKEN,
        refreshToken: REFRESH_TOKEN,
        accessTokenExpiresAt: at(4321 * SECOND),
        obtainedAt: at(0),
      },
    })
  })

  test('sends the refresh token, the scope and no redirect address', async () => {
    const entra = await entraServer()
    await entra.issue()
    await endpointAt(entra).refresh()
    expect(entra.grants[0]?.path).toBe(`/${TENANT}/oauth2/v2.0/token`)
    expect(sent(entra)).toEqual({
      grant_type: 'refresh_token',
      client_id: CLIENT_ID,
      client_secret: APP_SECRET,
      refresh_token: SENT_REFRESH_TOKEN,
      scope: `${RESOURCE}/user_impersonation offline_access openid profile`,
    })
  })

  test('keeps the refresh token that was sent when no new one comes', async () => {
    const entra = await entraServer()
    await entra.issue({ refresh_token: undefined })
    expect(await endpointAt(entra).refresh()).toMatchObject({
      outcome: 'issued',
      tokenSet: { refreshToken: SENT_REFRESH_TOKEN },
    })
  })

  test('needs no id_token', async () => {
    const entra = await entraServer()
    await entra.issue({ id_token: undefined })
    expect(await endpointAt(entra).refresh()).toMatchObject({ outcome: 'issued' })
  })

  test('needs no nonce, for there was no authorization request', async () => {
    const entra = await entraServer()
    await entra.issue({}, { claims: { nonce: undefined } })
    expect(await endpointAt(entra).refresh()).toMatchObject({ outcome: 'issued' })
  })

  test.each<[what: string, parts: IdTokenParts]>([
    ['another user', { claims: { oid: 'ffffffff-1111-4222-8333-444444444444' } }],
    ['nobody', { claims: { oid: undefined } }],
    ['another application', { claims: { aud: 'another' } }],
    ['a user of another tenant', { claims: { tid: OTHER_TENANT } }],
    ['a foreign issuer', { claims: { iss: 'https://evil.example/v2.0' } }],
    ['an hour ago', { claims: { exp: nowInSeconds - 3600 } }],
  ])('refuses tokens that come with an id_token of %s', async (_, parts) => {
    const entra = await entraServer()
    await entra.issue({}, parts)
    expect(await endpointAt(entra).refresh()).toMatchObject({ outcome: 'malformed' })
  })
})

describe.each(GRANTS)('the answer to %s', (_, method) => {
  const call = (entra: EntraServer) => endpointAt(entra)[method]()

  test.each([
    ['missing', undefined, 1800],
    ['a text', '3599', 3599],
    ['huge', 1e15, 28 * 3600],
    ['a day and more', 100_800, 28 * 3600],
  ])('whose expires_in is %s still has an expiry', async (_what, expires, seconds) => {
    const entra = await entraServer()
    await entra.issue({ expires_in: expires })
    expect(await call(entra)).toMatchObject({
      tokenSet: { accessTokenExpiresAt: at(seconds * SECOND) },
    })
  })

  test.each([-1, 0, 'soon', '', {}, [], null])(
    'whose expires_in is %j is malformed',
    async (expires) => {
      const entra = await entraServer()
      await entra.issue({ expires_in: expires })
      expect(await call(entra)).toMatchObject({ outcome: 'malformed' })
    },
  )

  test.each([
    ['token_type', 'mac'],
    ['token_type', 'DPoP'],
    ['token_type', undefined],
    ['token_type', 7],
    ['access_token', undefined],
    ['access_token', ''],
    ['access_token', { canary: 1 }],
    ['refresh_token', { canary: 1 }],
  ])('whose %s is %j is malformed', async (name, value) => {
    const entra = await entraServer()
    await entra.issue({ [name]: value })
    expect(await call(entra)).toMatchObject({ outcome: 'malformed' })
  })

  test.each(['bearer', 'Bearer', 'BEARER'])('may call the token type %s', async (type) => {
    const entra = await entraServer()
    await entra.issue({ token_type: type })
    expect(await call(entra)).toMatchObject({ outcome: 'issued' })
  })

  test.each([
    ['empty', {}],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }],
    ['cut off', { body: '{"access_token":"canary' }],
    ['a list', { body: [] }],
    ['null', { body: 'null' }],
  ])('is malformed when it is a success and %s', async (_what, answer) => {
    const entra = await entraServer()
    entra.answer(answer)
    expect(await call(entra)).toMatchObject({ outcome: 'malformed' })
  })

  test('is unavailable when it is too long to be one', async () => {
    const entra = await entraServer()
    entra.answer({ body: { access_token: 'x'.repeat(300 * 1024) } })
    expect(await call(entra)).toEqual({
      outcome: 'unavailable',
      status: undefined,
      retryAfter: undefined,
    })
  })

  test('is unavailable when nobody listens', async () => {
    const endpoint = endpointAt({ url: 'http://127.0.0.1:9' } as EntraServer)
    expect(await endpoint[method]()).toMatchObject({ outcome: 'unavailable', status: undefined })
  })

  test('is unavailable when the caller cannot wait', async () => {
    const entra = await entraServer()
    const outcome = await endpointAt(entra)[method]({ signal: AbortSignal.abort() })
    expect(outcome).toMatchObject({ outcome: 'unavailable', status: undefined })
  })

  test('is a refusal when Microsoft says no', async () => {
    const entra = await entraServer()
    const error_description = 'AADSTS50173: canary'
    const body = { error: 'invalid_grant', suberror: 'bad_token', error_description }
    entra.answer({ status: 400, body })
    expect(await call(entra)).toMatchObject({
      outcome: 'refused',
      refusal: { status: 400, error: 'invalid_grant', suberror: 'bad_token', code: 50173 },
    })
  })

  test('is unavailable when Microsoft is busy, with the time that it asks for', async () => {
    const entra = await entraServer()
    entra.answer({ status: 429, headers: { 'retry-after': '30' } })
    expect(await call(entra)).toEqual({
      outcome: 'unavailable',
      status: 429,
      retryAfter: at(30 * SECOND),
    })
  })

  test('is not followed when it redirects', async () => {
    const entra = await entraServer()
    entra.answer({ status: 307, headers: { location: `${entra.url}/x/oauth2/v2.0/token` } })
    expect(await call(entra)).toMatchObject({ outcome: 'unavailable', status: 307 })
    expect(entra.grants.length).toBe(1)
  })

  test('is asked for by a form, without an origin', async () => {
    const entra = await entraServer()
    await call(entra)
    const [request] = entra.grants
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    expect(request?.headers).not.toHaveProperty('origin')
    expect(request?.headers).not.toHaveProperty('authorization')
  })

  test.each(['+', '&', '%', '=', '~', '"', ' ', "!'()*", 'é€', '%2B', 'a+b c'])(
    'is asked for with a client secret that holds %j',
    async (clientSecret) => {
      const entra = await entraServer()
      const appCredential = { kind: 'client_secret', clientId: CLIENT_ID, clientSecret } as const
      await endpointAt(entra)[method]({ appCredential })
      expect(sent(entra).client_secret).toBe(clientSecret)
    },
  )

  test.each<[what: string, members: Record<string, unknown>]>([
    ['has no access token', { access_token: undefined }],
    ['has another token type', { token_type: 'canary' }],
    ['has an expiry that is none', { expires_in: 'canary' }],
    ['has an id_token that is none', { id_token: 'canary' }],
  ])('quotes nothing when it %s', async (_what, members) => {
    const entra = await entraServer()
    await entra.issue(members)
    const outcome = await call(entra)
    expect(outcome.outcome).toBe('malformed')
    expect(JSON.stringify(outcome)).not.toContain('canary')
  })
})
