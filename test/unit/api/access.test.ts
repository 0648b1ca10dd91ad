import { describe, expect, test } from 'vitest'
import { apiHandler } from '../../../functions/api/handler.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { utc } from '../../../functions/http/account-connector.ts'
import { callerOf } from '../../../functions/http/bearer-token.ts'
import { ROUTES } from '../../../functions/http/routes.ts'
import { at, HOUR, MINUTE, T0 } from '../../fakes/hand-clock.ts'
import { aWorld } from '../../support/world.ts'
import { answered } from '../support/answered.ts'
import { ACCESS, BOUND, bearer, CLIENT_SECRET, PARTNER } from '../support/api-clients.ts'
import { httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingLog } from '../support/recording-log.ts'
import { apiScene, noDocument, refusal } from './support.ts'

const TOKEN = 'POST /oauth/token'
const SIGN_IN_TOKEN = 'POST /v1.0/accounts/{accountId}/signintoken'

const credentials = {
  grant_type: 'client_credentials',
  client_id: PARTNER.clientId,
  client_secret: CLIENT_SECRET,
}
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

/** Whom a token that was issued speaks for. */
async function speaksFor(body: unknown) {
  const { access_token } = body as { access_token: string }
  const request = httpEvent({ headers: { authorization: `Bearer ${access_token}` } })
  return callerOf(request, { readApiAccess: async () => ACCESS, now: () => T0 })
}

describe('the token of an API client', () => {
  test('is issued for its id and secret', async () => {
    const { callAs } = apiScene()
    const { status, headers, body } = await callAs({}, TOKEN, { form: credentials })
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(body).toEqual({
      token_type: 'bearer',
      access_token: expect.any(String),
      expires_in: 3600,
      clientId: PARTNER.clientId,
    })
    expect(await speaksFor(body)).toEqual({ clientId: PARTNER.clientId, accountId: undefined })
  })

  test('is issued for Basic as well, which may be form-encoded', async () => {
    const { callAs } = apiScene()
    const form = { grant_type: 'client_credentials' }
    for (const id of [PARTNER.clientId, encodeURIComponent(PARTNER.clientId)]) {
      const answer = await callAs(basic(id, CLIENT_SECRET), TOKEN, { form })
      expect(answer.status).toBe(200)
    }
  })

  test('is for one account when it is asked for so', async () => {
    const { callAs } = apiScene()
    const form = { ...credentials, scope: 'account:fabrikam' }
    const { body } = await callAs({}, TOKEN, { form })
    expect(await speaksFor(body)).toMatchObject({ accountId: 'fabrikam' })
  })

  test('is for its own account when the client is bound to one', async () => {
    const { callAs } = apiScene()
    for (const scope of ['', 'account:contoso']) {
      const form = { ...credentials, client_id: BOUND.clientId, scope }
      const { body } = await callAs({}, TOKEN, { form })
      expect(await speaksFor(body)).toMatchObject({ accountId: 'contoso' })
    }
  })

  test('is not for another account than that of the client', async () => {
    const { callAs } = apiScene()
    const form = { ...credentials, client_id: BOUND.clientId, scope: 'account:fabrikam' }
    expect(await callAs({}, TOKEN, { form })).toMatchObject({
      status: 403,
      body: refusal('account_forbidden'),
    })
  })

  test.each<[what: string, headers: Record<string, string>, form: Record<string, string>]>([
    ['a wrong secret', {}, { ...credentials, client_secret: 'canary' }],
    ['an empty secret', {}, { ...credentials, client_secret: '' }],
    ['the hash of the secret', {}, { ...credentials, client_secret: PARTNER.secretHash }],
    ['an unknown client', {}, { ...credentials, client_id: 'canary' }],
    ['no client', {}, { grant_type: 'client_credentials' }],
    ['Basic with a wrong secret', basic(PARTNER.clientId, 'canary'), credentials],
    ['Basic that is none', { authorization: 'Basic canary' }, { grant_type: 'client_credentials' }],
  ])('is refused for %s', async (_, headers, form) => {
    const { callAs } = apiScene()
    const refused = await callAs(headers, TOKEN, { form })
    expect(refused).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.any(String) },
      body: refusal('api_client_rejected', 'The client id or the client secret is wrong.'),
    })
    expect(refused.text).not.toContain('canary')
  })

  test.each<[what: string, form: string | Record<string, string>]>([
    ['another grant', { ...credentials, grant_type: 'password' }],
    ['no grant', { client_id: PARTNER.clientId, client_secret: CLIENT_SECRET }],
    ['another scope', { ...credentials, scope: 'everything' }],
    ['a scope without account', { ...credentials, scope: 'account:' }],
    ['an account that cannot be one', { ...credentials, scope: 'account: x ' }],
    ['a repeated field', `${new URLSearchParams(credentials)}&client_id=other`],
  ])('is refused for %s', async (_, form) => {
    const { callAs } = apiScene()
    const refused = await callAs({}, TOKEN, { form })
    expect(refused).toMatchObject({ status: 400, body: refusal('request_invalid') })
    expect(refused.text).not.toContain(CLIENT_SECRET)
  })

  test('is asked for by a form, not by JSON', async () => {
    const { callAs } = apiScene()
    const refused = await callAs({}, TOKEN, { body: credentials })
    expect(refused).toMatchObject({ status: 415, body: refusal('content_type_unsupported') })
  })
})

describe('a route', () => {
  const guarded = ROUTES.api.filter((route) => route.includes(' /v1.0/'))
  const variables = { id: '7', propertyId: '1', connector: '1', accountId: 'contoso' }

  test.each(guarded)('wants a bearer token: %s', async (route) => {
    const { callAs } = apiScene()
    const expired = (await bearer(PARTNER, at(-2 * HOUR))).authorization
    for (const authorization of [undefined, 'Bearer canary', expired, 'Basic Y2FuYXJ5Og==']) {
      const headers = authorization === undefined ? {} : { authorization }
      const refused = await callAs(headers, route, { variables, query: 'page=canary' })
      expect(refused).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: { Code: expect.stringMatching(/^bearer_token_(missing|invalid)$/) },
      })
      expect(refused.text).not.toContain('canary')
    }
  })

  const ofAccount = guarded.filter((route) => !/GET \/v1.0\/connectors|signintoken/.test(route))
  const ofOneAccount = ofAccount.filter((route) => route !== 'GET /v1.0/accounts/connectors')

  test.each(ofOneAccount)('wants to know the account: %s', async (route) => {
    const { callAs } = apiScene()
    const refused = await callAs(await bearer(), route, { variables })
    expect(refused).toMatchObject({ status: 400, body: refusal('account_missing') })
  })

  test.each(ofAccount)('does not show another account to a bound client: %s', async (route) => {
    const { callAs } = apiScene()
    const headers = { ...(await bearer(BOUND)), 'x-cyclr-account': 'fabrikam' }
    const refused = await callAs(headers, route, { variables })
    expect(refused).toMatchObject({ status: 403, body: refusal('account_forbidden') })
  })

  test('that nobody has is not found, whoever asks', async () => {
    const { callAs } = apiScene()
    for (const headers of [{}, await bearer()]) {
      const refused = await callAs(headers, '$default', { path: '/v1.0/nowhere' })
      expect(refused).toMatchObject({ status: 404, body: refusal('not_found') })
    }
  })

  test.each([
    ['/oauth/token', 'POST'],
    ['/v1.0/account/connectors/7', 'DELETE, GET, PUT'],
    ['/v1.0/account/connectors/7/token', 'GET'],
    ['/connectorauth/updateaccountconnectoroauth', 'GET'],
    ['/ConnectorAuth/UpdateAccountConnectorOAuth', 'GET'],
    ['/connector/authorize', 'GET, POST'],
    ['/console/sign-out', 'POST'],
  ])('that has %s under other methods names them: %s', async (path, allow) => {
    const { callAs } = apiScene()
    expect(await callAs({}, '$default', { path })).toMatchObject({
      status: 405,
      headers: { allow, 'cache-control': 'no-store' },
      body: refusal('method_not_allowed', `Ask for this path by ${allow}.`),
    })
  })

  test.each([
    '/',
    '/v1.0/account/connectors/',
    '/v1.0/account/connectors/7/8',
    '/V1.0/connectors',
    '/v1x0/connectors',
    '/{controller}/{action}',
    '/$default',
  ])('%s is under no method', async (path) => {
    const { callAs } = apiScene()
    const refused = await callAs({}, '$default', { path })
    expect(refused).toMatchObject({ status: 404, body: refusal('not_found') })
    expect(refused.headers).not.toHaveProperty('allow')
  })

  test('that this function does not know is not found', async () => {
    const { callAs } = apiScene()
    const refused = await callAs(await bearer(), 'GET /v1.0/constructor')
    expect(refused).toMatchObject({ status: 404, body: refusal('not_found') })
  })
})

describe('a sign-in token', () => {
  const accountId = 'contoso'

  test('is made for a user of the account, for five minutes', async () => {
    const { callAs, world } = apiScene()
    const parts = { variables: { accountId }, body: { Username: 'ada' } }
    const { status, body } = await callAs(await bearer(), SIGN_IN_TOKEN, parts)
    expect(status).toBe(200)
    expect(body).toEqual({
      Token: expect.stringMatching(/^[\w-]{43}$/),
      ExpiresAtUtc: utc(at(5 * MINUTE)),
    })
    const { Token } = body as { Token: string }
    expect(world.signInTokens.find(digestOf(Token))).toMatchObject({
      accountId,
      username: 'ada',
      spentBy: undefined,
    })
  })

  test('is another one each time', async () => {
    const { callAs } = apiScene()
    const parts = { variables: { accountId }, body: { Username: 'ada' } }
    const one = await callAs(await bearer(), SIGN_IN_TOKEN, parts)
    const two = await callAs(await bearer(), SIGN_IN_TOKEN, parts)
    expect(one.body).not.toEqual(two.body)
  })

  test('of another account is not for a bound client', async () => {
    const { callAs } = apiScene()
    const parts = { variables: { accountId: 'fabrikam' }, body: { Username: 'ada' } }
    const refused = await callAs(await bearer(BOUND), SIGN_IN_TOKEN, parts)
    expect(refused).toMatchObject({ status: 403, body: refusal('account_forbidden') })
  })

  test.each([undefined, {}, { Username: '' }, { Username: 7 }, { Username: null }, '{', []])(
    'is not made for %j',
    async (body) => {
      const world = aWorld()
      const signInTokens = { create: () => expect.unreachable('a token was stored') }
      const readApiAccess = async () => ACCESS
      const deps = { ...world, signInTokens, readApiAccess, readDocument: noDocument }
      const event = httpEvent({
        route: SIGN_IN_TOKEN,
        variables: { accountId },
        headers: await bearer(),
        ...(body === undefined ? {} : { body }),
      })
      const handler = apiHandler(deps, recordingLog())
      expect(answered(await handler(event, lambdaContext()))).toMatchObject({
        status: 400,
        body: refusal('request_invalid'),
      })
    },
  )
})

describe('a failure behind the API', () => {
  const failing = (error: unknown) => {
    const log = recordingLog()
    const readApiAccess = async () => Promise.reject(error)
    return {
      log,
      handler: apiHandler({ ...aWorld(), readApiAccess, readDocument: noDocument }, log),
    }
  }

  test('of a store that is down asks to come back', async () => {
    const { handler, log } = failing(new ServiceError('canary', { code: 'secret_unreadable' }))
    const event = httpEvent({ route: 'GET /v1.0/connectors', headers: await bearer() })
    expect(answered(await handler(event, lambdaContext()))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { Code: 'secret_unreadable' },
    })
    expect(log.lines.length).toBe(1)
  })

  test('that nobody foresaw shows nothing but the id under which it is logged', async () => {
    const error = new TypeError('canary')
    const { handler, log } = failing(error)
    const event = httpEvent({ route: 'GET /v1.0/connectors', headers: await bearer() })
    const { requestId } = event.requestContext
    const { status, body, text } = answered(await handler(event, lambdaContext()))
    expect([status, body]).toMatchObject([500, { Code: 'internal_error', RequestId: requestId }])
    expect(text).not.toContain('canary')
    expect(log.lines).toMatchObject([{ kind: 'failure', error, fields: { requestId } }])
  })
})
