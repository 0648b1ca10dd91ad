import { describe, expect, test } from 'vitest'
import type { RefreshOutcome } from '../../../functions/domain/refresh-outcome.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { utc } from '../../../functions/http/account-connector.ts'
import type { HttpResponse } from '../../../functions/http/responses.ts'
import { tokenHandler } from '../../../functions/token/handler.ts'
import { at, HOUR, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { aRefusal, RESOURCE } from '../../support/builders.ts'
import { aWorld, connectedIn, storedIn, tokensIn } from '../../support/world.ts'
import { answered } from '../support/answered.ts'
import { ACCESS, BOUND, bearer, PARTNER } from '../support/api-clients.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingLog } from '../support/recording-log.ts'

const ROUTE = 'GET /v1.0/account/connectors/{id}/token'

/** A connection whose token lives for an hour, and the token function. */
async function scene() {
  const world = aWorld()
  const { connection, tokens } = await connectedIn(world)
  const log = recordingLog()
  const handler = tokenHandler({ ...world, readApiAccess: async () => ACCESS }, log)
  const account = { 'x-cyclr-account': connection.accountId }
  const variables = { id: String(connection.id) }
  return {
    world,
    log,
    connection,
    tokens,
    ask: async (query: EventParts['query'] = '', parts: EventParts = {}) => {
      const headers = parts.headers ?? { ...(await bearer(PARTNER, world.now())), ...account }
      const event = httpEvent({ route: ROUTE, variables, query, ...parts, headers })
      return answered((await handler(event, lambdaContext())) as HttpResponse)
    },
    /** As somebody whom IAM lets invoke the function. */
    invoke: (event: unknown) => handler(event, lambdaContext()),
  }
}

describe('the stored token', () => {
  test('is served while it is good for five minutes', async () => {
    const { ask, tokens, world } = await scene()
    world.clock.advance(55 * MINUTE)
    expect(await ask()).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        AccessToken: tokens.accessToken,
        TokenType: 'Bearer',
        ExpiresAtUtc: utc(at(HOUR)),
        Resource: RESOURCE,
      },
    })
    expect(world.refreshRequests.asked).toEqual([])
  })

  test('is renewed when it is not', async () => {
    const { ask, tokens, world, connection } = await scene()
    world.clock.advance(55 * MINUTE + 1)
    const { status, body } = await ask()
    const { accessToken } = await tokensIn(world, connection.id)
    expect([status, body]).toMatchObject([200, { AccessToken: accessToken }])
    expect(accessToken).not.toBe(tokens.accessToken)
    expect(world.refreshRequests.asked).toEqual([{ connectionId: connection.id, when: 1 }])
  })

  test.each([
    ['minValidity=0', 60 * MINUTE, 0],
    ['minValidity=0', 60 * MINUTE + 1, 1],
    ['minValidity=60', 59 * MINUTE, 0],
    ['minValidity=60', 59 * MINUTE + 1, 1],
    ['minValidity=3000', 10 * MINUTE, 0],
    ['minValidity=3000', 10 * MINUTE + 1, 1],
    ['minValidity=', 55 * MINUTE, 0],
  ])('with %s after %i ms is renewed %i times', async (query, elapsed, times) => {
    const { ask, world } = await scene()
    world.clock.advance(elapsed)
    expect((await ask(query)).status).toBe(200)
    expect(world.refreshRequests.asked.length).toBe(times)
  })

  test('is renewed on demand though it is good', async () => {
    const { ask, tokens } = await scene()
    const { status, body } = await ask('forceRefresh=true')
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('AccessToken', tokens.accessToken)
  })

  test('is served when it could not be renewed on demand but is still good', async () => {
    const { ask, tokens, world } = await scene()
    world.tokenEndpoint.answerNextRefresh({
      outcome: 'unavailable',
      status: 503,
      retryAfter: undefined,
    })
    expect(await ask('forceRefresh=true')).toMatchObject({
      status: 200,
      body: { AccessToken: tokens.accessToken },
    })
  })

  test('never comes with its refresh token', async () => {
    const { ask, tokens } = await scene()
    expect((await ask()).text).not.toContain(tokens.refreshToken)
  })
})

describe('a request for a token is refused', () => {
  test.each([
    'minValidity=-1',
    'minValidity=3001',
    'minValidity=1.5',
    'minValidity=soon',
    'forceRefresh=1',
    'minValidity=1&minValidity=2',
  ])('for the query %s', async (query) => {
    const { ask, world } = await scene()
    expect(await ask(query)).toMatchObject({ status: 400, body: { Code: 'request_invalid' } })
    expect(world.refreshRequests.asked).toEqual([])
  })

  test('without a bearer token, before anything else is looked at', async () => {
    const { ask } = await scene()
    for (const headers of [{}, { authorization: 'Bearer canary' }]) {
      expect(await ask('minValidity=canary', { headers })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
  })

  test('when the bearer token is for another account', async () => {
    const { ask, connection } = await scene()
    const headers = { ...(await bearer(BOUND)), 'x-cyclr-account': connection.accountId }
    expect(await ask('', { headers })).toMatchObject({ status: 403 })
  })

  test('when no account is named', async () => {
    const { ask } = await scene()
    const headers = await bearer()
    expect(await ask('', { headers })).toMatchObject({
      status: 400,
      body: { Code: 'account_missing' },
    })
  })

  test('for a connection of another account as for one that never was', async () => {
    const { ask } = await scene()
    const foreign = { ...(await bearer()), 'x-cyclr-account': 'another' }
    const own = await ask('', { variables: { id: '1' } })
    const other = await ask('', { headers: foreign })
    const named = await ask('', { variables: { id: 'abc' } })
    for (const { status, body } of [own, other, named]) {
      const expected = {
        Message: 'This account has no account connector with that id.',
        Code: 'not_found',
        RequestId: expect.any(String),
      }
      expect([status, body]).toEqual([404, expected])
    }
  })
})

describe('a connection that is not connected', () => {
  test('says that a user has to sign in', async () => {
    const { ask, world, connection } = await scene()
    await world.connections.disconnect(connection)
    expect(await ask()).toMatchObject({
      status: 409,
      body: {
        Code: 'not_connected',
        Message: 'The connection is disconnected; let a user sign in first.',
      },
    })
  })

  test('says who must act, from the very call that found out', async () => {
    const { ask, world, connection } = await scene()
    const refusal = aRefusal({ suberror: 'bad_token', code: 50173 })
    world.tokenEndpoint.answerNextRefresh({ outcome: 'refused', refusal })
    world.clock.advance(HOUR)
    for (const { status, body } of [await ask(), await ask()]) {
      expect([status, body]).toMatchObject([
        409,
        {
          Code: 'reauthorization_required',
          Message: expect.stringMatching(
            /^The connection needs a new sign-in \(AADSTS50173, user\)/,
          ),
        },
      ])
    }
    expect((await storedIn(world, connection.id)).status).toBe('reauthorization_required')
  })
})

describe('a token that cannot be had just now', () => {
  test.each<[RefreshOutcome, string, string]>([
    [
      { outcome: 'transient', code: 'http_503', retryAt: at(HOUR + 90 * SECOND) },
      'temporarily_unavailable',
      '90',
    ],
    [
      { outcome: 'transient', code: 'http_503', retryAt: at(HOUR + 1) },
      'temporarily_unavailable',
      '1',
    ],
    [{ outcome: 'transient', code: 'http_503', retryAt: at(0) }, 'temporarily_unavailable', '1'],
    [
      { outcome: 'app_credential_rejected', code: 'AADSTS7000222', retryAt: at(HOUR + MINUTE) },
      'app_credential_rejected',
      '60',
    ],
    [{ outcome: 'refreshed', generation: 2, expiresAt: at(HOUR) }, 'validity_unavailable', '2'],
    [{ outcome: 'in_progress' }, 'temporarily_unavailable', '2'],
    [{ outcome: 'not_due' }, 'temporarily_unavailable', '2'],
    [{ outcome: 'gone', status: undefined }, 'temporarily_unavailable', '2'],
  ])('says why and when to ask again: %j', async (outcome, code, seconds) => {
    const { ask, world, tokens } = await scene()
    world.clock.advance(HOUR)
    world.refreshRequests.answerNext(outcome)
    const refused = await ask()
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': seconds },
      body: { Code: code },
    })
    expect(refused.text).not.toContain(tokens.accessToken)
  })

  test('says so when the refresh function does not answer', async () => {
    const { ask, world, log } = await scene()
    world.clock.advance(HOUR)
    world.refreshRequests.answerNext(() => {
      throw new ServiceError('try again', { code: 'refresh_unavailable' })
    })
    expect(await ask()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      body: { Code: 'refresh_unavailable' },
    })
    expect(log.lines).toMatchObject([{ name: 'request_refused' }])
  })

  test('is a failure of ours when the stored one does not open', async () => {
    const { ask, world, log } = await scene()
    world.keyrings.access.rotate()
    world.keyrings.access.drop('key-1')
    const { status, text } = await ask()
    expect(status).toBe(500)
    expect(text).not.toContain('key-1')
    expect(log.lines).toMatchObject([
      { kind: 'failure', error: { code: 'token_unsealable', evidence: { keyId: 'key-1' } } },
    ])
  })
})

describe('an invocation that IAM allows', () => {
  /** The connection, and what asks for its token. */
  async function invoked() {
    const all = await scene()
    const { accountId, id: connectionId } = all.connection
    const ask = (more: object = {}) => all.invoke({ token: { accountId, connectionId, ...more } })
    return { ...all, askDirectly: ask }
  }

  const RequestId = lambdaContext().awsRequestId
  const refusal = (Code: string) => ({ Message: expect.any(String), Code, RequestId })

  test('is served the stored token without a bearer token, in the form of HTTP', async () => {
    const { askDirectly, ask, tokens, connection, log } = await invoked()
    const answer = await askDirectly()
    expect(answer).toEqual({
      AccessToken: tokens.accessToken,
      TokenType: 'Bearer',
      ExpiresAtUtc: utc(at(HOUR)),
      Resource: RESOURCE,
    })
    expect(answer).toEqual((await ask()).body)
    const fields = { requestId: RequestId, connectionId: connection.id, outcome: 'served' }
    expect(log.lines).toEqual([{ kind: 'event', name: 'token_invoked', fields }])
  })

  test.each([
    [{}, 55 * MINUTE, 0],
    [{}, 55 * MINUTE + 1, 1],
    [{ minValidity: 3000 }, 10 * MINUTE, 0],
    [{ minValidity: 3000 }, 10 * MINUTE + 1, 1],
    [{ minValidity: 0 }, 60 * MINUTE, 0],
    [{ minValidity: null, forceRefresh: null }, 55 * MINUTE, 0],
    [{ forceRefresh: true }, 0, 1],
  ])('with %j after %i ms renews the token %i times', async (more, elapsed, times) => {
    const { askDirectly, world } = await invoked()
    world.clock.advance(elapsed)
    expect(await askDirectly(more)).toHaveProperty('AccessToken')
    expect(world.refreshRequests.asked.length).toBe(times)
  })

  test.each<unknown>([
    undefined,
    null,
    'canary',
    7,
    [],
    {},
    { token: null },
    { token: 'canary' },
    { token: [] },
    { token: { connectionId: 1 } },
    { token: { accountId: 7, connectionId: 1 } },
    { token: { accountId: '', connectionId: 1 } },
    { token: { accountId: 'canary\n', connectionId: 1 } },
    { token: { accountId: 'acme' } },
    { token: { accountId: 'acme', connectionId: '1' } },
    { token: { accountId: 'acme', connectionId: 0 } },
    { token: { accountId: 'acme', connectionId: 1.5 } },
    { token: { accountId: 'acme', connectionId: 1, minValidity: -1 } },
    { token: { accountId: 'acme', connectionId: 1, minValidity: 3001 } },
    { token: { accountId: 'acme', connectionId: 1, minValidity: '300' } },
    { token: { accountId: 'acme', connectionId: 1, forceRefresh: 'true' } },
    { requestContext: null },
    { requestContext: 'canary' },
  ])('that is no request for a token is told what to send: %j', async (event) => {
    const { invoke, log } = await invoked()
    const refused = await invoke(event)
    const Message = expect.stringMatching(/^Send .*\.$|^Send \{/)
    expect(refused).toEqual({ ...refusal('request_invalid'), Message })
    expect(JSON.stringify([refused, log.lines])).not.toContain('canary')
    expect(log.lines).toMatchObject([
      { kind: 'event', name: 'request_refused', fields: { route: 'invoke' } },
    ])
  })

  test('for a connection of another account is answered as for one that never was', async () => {
    const { askDirectly } = await invoked()
    for (const other of [{ accountId: 'another' }, { connectionId: 1 }]) {
      expect(await askDirectly(other)).toEqual(refusal('not_found'))
    }
  })

  test('says who must act', async () => {
    const { askDirectly, world } = await invoked()
    const refused = { outcome: 'refused', refusal: aRefusal({ code: 50173 }) } as const
    world.tokenEndpoint.answerNextRefresh(refused)
    world.clock.advance(HOUR)
    expect(await askDirectly()).toEqual({
      ...refusal('reauthorization_required'),
      Reason: { Code: 'AADSTS50173', Who: 'user', Message: expect.any(String), At: utc(at(HOUR)) },
    })
  })

  test('says when to ask again', async () => {
    const { askDirectly, world } = await invoked()
    world.clock.advance(HOUR)
    const retryAt = at(HOUR + 90 * SECOND)
    world.refreshRequests.answerNext({ outcome: 'transient', code: 'http_503', retryAt })
    expect(await askDirectly()).toEqual({
      ...refusal('temporarily_unavailable'),
      RetryAfterSeconds: 90,
    })
  })

  test('that fails says so by an id, and nothing of why', async () => {
    const { askDirectly, world, log } = await invoked()
    world.keyrings.access.rotate()
    world.keyrings.access.drop('key-1')
    const failed = await askDirectly()
    expect(failed).toEqual(refusal('internal_error'))
    expect(log.lines.at(-1)).toMatchObject({ kind: 'failure', fields: { requestId: RequestId } })
  })

  test('cannot pass for a request over HTTP without its bearer token', async () => {
    const { invoke, connection } = await invoked()
    const { accountId, id: connectionId } = connection
    const event = httpEvent({ route: ROUTE, variables: { id: String(connectionId) } })
    const refused = await invoke({ ...event, token: { accountId, connectionId } })
    expect(refused).toMatchObject({ statusCode: 401 })
  })
})
