import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../../functions/http/responses.ts'
import { completeSignInHandler } from '../../../functions/refresh/complete-sign-in.ts'
import { refreshHandler } from '../../../functions/refresh/handler.ts'
import { httpRefreshHandler } from '../../../functions/refresh/http-refresh.ts'
import { MINUTE } from '../../fakes/hand-clock.ts'
import {
  aNewConnection,
  aNewSignInToken,
  OTHER_RESOURCE,
  RESOURCE,
  TENANT,
} from '../../support/builders.ts'
import { storedIn } from '../../support/world.ts'
import { answered, SECURITY_HEADERS } from '../support/answered.ts'
import { ACCESS, BOUND, bearer, PARTNER } from '../support/api-clients.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingOperations } from '../support/recording-operations.ts'
import { type SignInScene, signInScene } from '../support/sign-in-scene.ts'

const ROUTE = 'POST /v1.0/account/connectors/{id}/complete'

/** A sign-in that waits for the partner's backend, and what completes it over HTTP. */
async function waiting(options: Parameters<typeof signInScene>[0] = {}) {
  const scene = await signInScene({ link: { terms: { needsConfirmation: true } }, ...options })
  const { world, connection } = scene
  const back = await scene.comeBack(await scene.begin())
  const completionId = new URL(String(back.headers.location)).searchParams.get('completionId') ?? ''
  const operations = recordingOperations()
  const { log } = operations
  const deps = { ...world, readApiAccess: async () => ACCESS, operations, log }
  const http = { refresh: httpRefreshHandler(deps), complete: completeSignInHandler(deps) }
  const handler = refreshHandler({ refresh: world, sweep: world, ...world, operations, http })
  const post = async (parts: EventParts = {}) => {
    const headers = {
      ...(await bearer(PARTNER, world.now())),
      'x-cyclr-account': connection.accountId,
    }
    const variables = { id: String(connection.id) }
    const body = { CompletionId: completionId }
    const event = httpEvent({ route: ROUTE, headers, variables, body, ...parts })
    return answered((await handler(event, lambdaContext())) as HttpResponse)
  }
  return { scene, world, connection, completionId, log, post }
}

const UNKNOWN = {
  status: 404,
  headers: SECURITY_HEADERS,
  body: { Code: 'completion_unknown', Message: expect.any(String), RequestId: expect.any(String) },
}

async function expectNothingConnected({ world, connection }: SignInScene): Promise<void> {
  expect(await storedIn(world, connection.id)).toEqual(connection)
}

describe('a sign-in that waits for the partner’s backend', () => {
  test('is connected by it, and answered by the account connector', async () => {
    const { post, world, connection, log } = await waiting()
    const { status, headers, body } = await post()
    expect([status, headers]).toMatchObject([200, SECURITY_HEADERS])
    expect(body).toMatchObject({
      Id: connection.id,
      Name: connection.name,
      Authenticated: true,
      AuthValue: null,
      Status: 'connected',
      Reason: null,
      Environment: { Url: RESOURCE, TenantId: TENANT },
      User: { Username: 'ada@contoso.example' },
      Properties: [{ Value: RESOURCE }],
    })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      generation: 1,
    })
    expect(log.lines).toMatchObject([
      {
        name: 'sign_in_completed',
        fields: {
          connectionId: connection.id,
          outcome: 'connected',
          requestId: expect.any(String),
        },
      },
    ])
  })

  test('may be completed again by whoever lost the answer, and nothing changes', async () => {
    const { post, world, connection } = await waiting()
    const first = await post()
    const stored = await storedIn(world, connection.id)
    expect(await post()).toMatchObject({ status: 200, body: first.body })
    expect(await storedIn(world, connection.id)).toEqual(stored)
  })

  test('of two that complete it at the same time is connected once', async () => {
    const { post, world, connection } = await waiting()
    const both = await Promise.all([post(), post()])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(await storedIn(world, connection.id)).toMatchObject({ generation: 1 })
  })

  test('shows no token, and logs neither that nor what completes it', async () => {
    const { post, world, completionId, log } = await waiting()
    const { text } = await post()
    for (const token of world.minter.tokens) expect(text).not.toContain(token)
    expect(text).not.toContain(completionId)
    const logged = JSON.stringify(log.lines)
    for (const secret of [...world.minter.tokens, completionId]) {
      expect(logged).not.toContain(secret)
    }
  })

  test('is completed until the last moment of ten minutes, and not after', async () => {
    const inTime = await waiting()
    inTime.world.clock.advance(10 * MINUTE - 1)
    expect(await inTime.post()).toMatchObject({ status: 200 })
    const late = await waiting()
    late.world.clock.advance(10 * MINUTE)
    expect(await late.post()).toMatchObject(UNKNOWN)
    await expectNothingConnected(late.scene)
  })
})

describe('what completes nothing', () => {
  test.each(['canary', 'x'.repeat(43), '../x', '<script>canary'])(
    'is a CompletionId that never was: %s',
    async (CompletionId) => {
      const { post, scene, log } = await waiting()
      const refused = await post({ body: { CompletionId } })
      expect(refused).toMatchObject(UNKNOWN)
      expect(refused.text).not.toMatch(/canary|xxx/)
      expect(JSON.stringify(log.lines)).not.toMatch(/canary|xxx/)
      expect(log.lines[0]).toMatchObject({ fields: { outcome: 'unknown' } })
      await expectNothingConnected(scene)
    },
  )

  test('is the CompletionId of another connection of the account', async () => {
    const { post, scene, world, connection } = await waiting()
    const { accountId } = connection
    const other = await world.connections.create(aNewConnection({ accountId, name: 'Other' }))
    expect(await post({ variables: { id: String(other.id) } })).toMatchObject(UNKNOWN)
    expect(await storedIn(world, other.id)).toEqual(other)
    await expectNothingConnected(scene)
  })

  test('is another account, whose answer does not tell that there is something', async () => {
    const { post, scene, world } = await waiting()
    const authorized = await bearer(PARTNER, world.now())
    for (const parts of [
      { headers: { ...authorized, 'x-cyclr-account': 'another' } },
      { variables: { id: '1' } },
      { variables: { id: 'x' } },
    ]) {
      expect(await post(parts)).toMatchObject({ status: 404, body: { Code: 'not_found' } })
    }
    await expectNothingConnected(scene)
  })

  test('is a client that is bound to another account', async () => {
    const { post, scene, connection, world } = await waiting()
    const account = { 'x-cyclr-account': connection.accountId }
    const headers = { ...(await bearer(BOUND, world.now())), ...account }
    expect(await post({ headers })).toMatchObject({
      status: 403,
      body: { Code: 'account_forbidden' },
    })
    await expectNothingConnected(scene)
  })

  test.each([
    ['bearer_token_missing', {}],
    ['bearer_token_invalid', { authorization: 'Bearer canary' }],
  ])('is a request that is not the partner’s: %s', async (code, authorization) => {
    const { post, scene, connection } = await waiting()
    const headers = { 'x-cyclr-account': connection.accountId, ...authorization }
    expect(await post({ headers })).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: { Code: code },
    })
    await expectNothingConnected(scene)
  })

  test.each<[status: number, parts: EventParts]>([
    [400, { body: {} }],
    [400, { body: { CompletionId: '' } }],
    [400, { body: { CompletionId: ' ' } }],
    [400, { body: { CompletionId: null } }],
    [400, { body: { CompletionId: ['canary'] } }],
    [400, { body: { CompletionId: 'canary'.repeat(1000) } }],
    [400, { body: '{"CompletionId":"canary"' }],
  ])('is a request without a CompletionId: %i, %j', async (status, parts) => {
    const { post, scene } = await waiting()
    const refused = await post(parts)
    expect(refused).toMatchObject({ status, body: { Code: 'request_invalid' } })
    expect(refused.text).not.toContain('canary')
    await expectNothingConnected(scene)
  })

  test('is a form', async () => {
    const { post, scene, completionId, connection, world } = await waiting()
    const headers = {
      ...(await bearer(PARTNER, world.now())),
      'x-cyclr-account': connection.accountId,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const refused = await post({ headers, body: `CompletionId=${completionId}` })
    expect(refused).toMatchObject({ status: 415, body: { Code: 'content_type_unsupported' } })
    await expectNothingConnected(scene)
  })
})

test('a sign-in whose environment the partner changed meanwhile is refused with the reason', async () => {
  const { post, world, connection, log } = await waiting()
  const changed = await world.connections.setResource(connection, OTHER_RESOURCE)
  const refused = await post()
  expect(refused).toMatchObject({
    status: 409,
    body: {
      Code: 'completion_refused',
      Reason: {
        Code: 'connection_changed',
        Who: 'user',
        Message: expect.any(String),
        At: expect.stringMatching(/Z$/),
      },
    },
  })
  expect(await storedIn(world, connection.id)).toEqual(changed)
  expect(log.lines[0]).toMatchObject({ fields: { outcome: 'failed' } })
})

test('a sign-in by another person than the one who connected meanwhile is refused', async () => {
  const { post, scene, world, connection } = await waiting()
  const { text: token, token: stored } = aNewSignInToken(connection.accountId, world.now())
  await world.signInTokens.create(stored)
  world.signsIn({ objectId: '0c0c0c0c-1111-4222-8333-444444444444' })
  await scene.comeBack(await scene.begin({ token }))
  const connected = await storedIn(world, connection.id)
  expect(connected).toMatchObject({ status: 'connected' })
  expect(await post()).toMatchObject({
    status: 409,
    body: { Code: 'completion_refused', Reason: { Code: 'wrong_user', Who: 'user' } },
  })
  expect(await storedIn(world, connection.id)).toEqual(connected)
})

test('a failure of the service says so by an id, and repeats nothing', async () => {
  const { post, world, completionId, log } = await waiting()
  world.keyrings.refresh.rotate()
  world.keyrings.refresh.drop('key-1')
  const failed = await post()
  expect(failed).toMatchObject({ status: 500, body: { Code: 'internal_error' } })
  expect(failed.text).not.toContain(completionId)
  const failure = log.lines.find(({ kind }) => kind === 'failure')
  expect(failed.text).toContain(String(failure?.fields.requestId))
})
