import { describe, expect, test } from 'vitest'
import type {
  CheckCredential,
  CredentialQuestion,
  CredentialVerdict,
} from '../../../functions/domain/credential-check.ts'
import { dueBucketOf } from '../../../functions/domain/due-bucket.ts'
import { utc } from '../../../functions/http/account-connector.ts'
import { completeSignInHandler } from '../../../functions/refresh/complete-sign-in.ts'
import { refreshHandler } from '../../../functions/refresh/handler.ts'
import { httpRefreshHandler } from '../../../functions/refresh/http-refresh.ts'
import { refreshEventOf } from '../../../functions/refresh/refresh-event.ts'
import { at, DAY, HOUR, MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import { aNewConnection, aRefusal } from '../../support/builders.ts'
import { aWorld, connectedIn, storedIn, type World } from '../../support/world.ts'
import { answered } from '../support/answered.ts'
import { ACCESS, BOUND, bearer, PARTNER } from '../support/api-clients.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingOperations } from '../support/recording-operations.ts'

/** One shard of one: all there is. */
const EVERY_SHARD = { shard: 0, shards: 1 }

const ROUTE = 'POST /v1.0/account/connectors/{id}/refresh'

function scene(world: World = aWorld()) {
  const operations = recordingOperations()
  const { log, counts } = operations
  const readApiAccess = async () => ACCESS
  const http = {
    refresh: httpRefreshHandler({ ...world, readApiAccess, operations }),
    complete: completeSignInHandler({ ...world, readApiAccess, log }),
  }
  const asked: CredentialQuestion[] = []
  let verdict: CredentialVerdict = { verdict: 'accepted' }
  const checkCredential: CheckCredential = async (question) => {
    asked.push(question)
    return verdict
  }
  const all = { ...world, checkCredential, operations, http }
  const handler = refreshHandler({ refresh: world, sweep: world, ...all })
  return {
    world,
    log,
    counts,
    asked,
    microsoftSays: (said: CredentialVerdict) => {
      verdict = said
    },
    handle: (event: unknown, remainingMs = 60_000) => handler(event, lambdaContext(remainingMs)),
  }
}

/** A connection, and what asks for its refresh over HTTP. */
async function connectedScene() {
  const { world, log, handle } = scene()
  const { connection, tokens } = await connectedIn(world)
  return {
    world,
    log,
    handle,
    connection,
    tokens,
    post: async (parts: EventParts = {}) => {
      const account = { 'x-cyclr-account': connection.accountId }
      const headers = parts.headers ?? { ...(await bearer(PARTNER, world.now())), ...account }
      const variables = { id: String(connection.id) }
      const event = httpEvent({ route: ROUTE, variables, ...parts, headers })
      return answered((await handle(event)) as never)
    },
  }
}

const unavailable = { outcome: 'unavailable', status: 503, retryAfter: undefined } as const
const grantEnded = {
  outcome: 'refused',
  refusal: aRefusal({ code: 50173, suberror: 'bad_token' }),
} as const
const appRejected = {
  outcome: 'refused',
  refusal: aRefusal({ status: 401, error: 'invalid_client', code: 7000222 }),
} as const

describe('an event', () => {
  test.each([
    [
      { shard: 0, shards: 1 },
      { kind: 'tick', shard: 0, shards: 1 },
    ],
    [
      { shard: 63, shards: 64, time: 'x' },
      { kind: 'tick', shard: 63, shards: 64 },
    ],
    [
      { refresh: { connectionId: 42, when: 'now' } },
      { kind: 'request', connectionId: 42, when: 'now' },
    ],
    [{ measure: true }, { kind: 'measure' }],
    [{ check: 'app-credential' }, { kind: 'check', tenant: undefined }],
    [
      { check: 'app-credential', tenant: 'a' },
      { kind: 'check', tenant: 'a' },
    ],
    [{ refresh: { connectionId: 42, when: 7 } }, { kind: 'request', connectionId: 42, when: 7 }],
    [
      { import: { connectionId: 42, refreshToken: 'a' } },
      { kind: 'import', connectionId: 42, refreshToken: 'a' },
    ],
  ])('%j is understood', (event, expected) => {
    expect(refreshEventOf(event)).toEqual(expected)
  })

  test.each([
    undefined,
    null,
    'tick',
    42,
    [],
    {},
    { measure: 'all' },
    { shard: 0 },
    { shard: '0', shards: 1 },
    { shard: 0, shards: '1' },
    { shard: -1, shards: 1 },
    { shard: 1, shards: 1 },
    { shard: 0, shards: 65 },
    { shard: 1.5, shards: 2 },
    { shard: null, shards: 1 },
    { check: 'everything' },
    { check: true },
    { check: 'app-credential', tenant: 7 },
    { refresh: null },
    { refresh: [] },
    { refresh: { connectionId: 42 } },
    { refresh: { when: 'now' } },
    { refresh: { connectionId: '42', when: 'now' } },
    { refresh: { connectionId: 42, when: 'due' } },
    { refresh: { connectionId: 42, when: '7' } },
    { refresh: { connectionId: 42, when: -1 } },
    { refresh: { connectionId: Number.NaN, when: 'now' } },
    { import: null },
    { import: 'canary' },
    { import: [] },
    { import: { connectionId: 42 } },
    { import: { refreshToken: 'canary' } },
    { import: { connectionId: '42', refreshToken: 'canary' } },
    { import: { connectionId: 42, refreshToken: ['canary'] } },
  ])('%j does no harm', async (event) => {
    const { handle, log, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    expect(await handle(event)).toEqual({ outcome: 'ignored' })
    expect(log.lines).toMatchObject([
      { name: 'event_ignored', fields: { requestId: expect.any(String) } },
    ])
    expect(JSON.stringify(log.lines)).not.toContain('canary')
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
    expect(world.tokenEndpoint.adoptedGrants).toEqual([])
  })
})

describe('an import', () => {
  const refreshToken = 'canary-imported'

  async function pending() {
    const { world, handle, log } = scene()
    const { id } = await world.connections.create(aNewConnection())
    return { world, log, id, send: () => handle({ import: { connectionId: id, refreshToken } }) }
  }

  test('connects the connection, and leaves a line with nothing secret', async () => {
    const { world, log, id, send } = await pending()
    expect(await send()).toEqual({ outcome: 'imported' })
    expect(await storedIn(world, id)).toMatchObject({ status: 'connected', generation: 1 })
    const fields = { requestId: expect.any(String), connectionId: id, outcome: 'imported' }
    expect(log.lines).toMatchObject([{ name: 'tokens_imported', fields }])
    for (const secret of [refreshToken, ...world.minter.tokens]) {
      expect(JSON.stringify(log.lines)).not.toContain(secret)
    }
  })

  test('that Microsoft refuses says why, with its identifiers in the line', async () => {
    const { world, log, send } = await pending()
    const trace = { traceId: 'trace-1', correlationId: 'correlation-1' }
    const refusal = aRefusal({ code: 50173, ...trace })
    world.tokenEndpoint.answerNextAdoption({ outcome: 'refused', refusal })
    expect(await send()).toMatchObject({ outcome: 'refused', reason: { code: 'AADSTS50173' } })
    const fields = { outcome: 'refused', reason: 'AADSTS50173', ...trace }
    expect(log.lines).toMatchObject([{ fields }])
  })

  test('that meets a rejected app credential tells the owner of the app', async () => {
    const { world, log, send } = await pending()
    world.tokenEndpoint.answerNextAdoption(appRejected)
    expect(await send()).toMatchObject({ outcome: 'app_credential_rejected' })
    expect(world.notices).toEqual([['app_credential_rejected', 'AADSTS7000222']])
    expect(log.lines).toMatchObject([{ fields: { reason: 'AADSTS7000222' } }])
  })
})

describe('a check of the app credential', () => {
  const check = { check: 'app-credential' }

  test('has Microsoft judge the newest one, where it was told', async () => {
    const { handle, world, asked } = scene()
    const newest = { ...APP_CREDENTIAL, clientSecret: 'canary-newest' }
    await world.appCredentials.read()
    world.appCredentials.rotate(newest)
    expect(await handle({ ...check, tenant: 'contoso.example' })).toEqual({ verdict: 'accepted' })
    await handle(check)
    expect(asked).toEqual([
      { credential: newest, tenant: 'contoso.example' },
      { credential: newest, tenant: undefined },
    ])
  })

  test('leaves a line, and nothing secret', async () => {
    const { handle, log, microsoftSays } = scene()
    microsoftSays({ verdict: 'rejected', cause: 'secret_expired', code: 7000222 })
    const answer = await handle(check)
    const fields = { outcome: 'rejected', reason: 'AADSTS7000222' }
    expect(log.lines).toMatchObject([{ name: 'app_credential_checked', fields }])
    expect(JSON.stringify([answer, log.lines])).not.toContain('canary')
  })

  test('says so where there is none to read', async () => {
    const { handle, log, world, asked } = scene()
    world.appCredentials.set(undefined)
    expect(await handle(check)).toEqual({ verdict: 'unreadable', cause: 'secret_unreadable' })
    expect(log.lines).toMatchObject([{ fields: { reason: 'secret_unreadable' } }])
    expect(asked).toEqual([])
  })
})

describe('a tick', () => {
  test('renews what is due in its shard, and says what became of it', async () => {
    const { handle, log, world } = scene()
    const due = await connectedIn(world)
    world.clock.advance(30 * MINUTE)
    const fresh = await connectedIn(world)
    world.clock.advance(25 * MINUTE)
    expect(await handle(EVERY_SHARD)).toMatchObject({
      outcomes: { refreshed: 1 },
      ended: 'all',
    })
    expect(await storedIn(world, due.connection.id)).toMatchObject({ generation: 2 })
    expect(await storedIn(world, fresh.connection.id)).toMatchObject({ generation: 1 })
    expect(log.lines).toMatchObject([
      { name: 'refresh', fields: { connectionId: due.connection.id, outcome: 'refreshed' } },
      { name: 'sweep_finished', fields: { shard: 0, ended: 'all', outcomes: { refreshed: 1 } } },
    ])
  })

  test('leaves other shards alone', async () => {
    const { handle, world } = scene()
    const { connection } = await connectedIn(world)
    world.clock.advance(HOUR)
    const shards = 64
    const other = (dueBucketOf(connection.id) + 1) % shards
    expect(await handle({ shard: other, shards })).toMatchObject({ outcomes: {}, oldestDueMs: 0 })
  })

  test('names what failed, and goes on', async () => {
    const { handle, log, world } = scene()
    for (let times = 0; times < 3; times += 1) await connectedIn(world)
    world.clock.advance(HOUR)
    const error = new TypeError('canary')
    world.tokenEndpoint.answerNextRefresh(() => {
      throw error
    })
    world.tokenEndpoint.answerNextRefresh(grantEnded)
    expect(await handle(EVERY_SHARD)).toMatchObject({
      outcomes: { error: 1, reauthorization_required: 1, refreshed: 1 },
      ended: 'all',
    })
    const reasons = log.lines.map(({ kind, fields }) => [kind, fields.outcome, fields.reason])
    expect(reasons).toContainEqual(['failure', 'error', undefined])
    expect(reasons).toContainEqual(['event', 'reauthorization_required', 'AADSTS50173'])
    expect(reasons).toContainEqual(['event', 'refreshed', undefined])
  })

  test('that comes twice does nothing twice', async () => {
    const { handle, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    await handle(EVERY_SHARD)
    expect(await handle(EVERY_SHARD)).toMatchObject({ outcomes: {} })
    expect(world.tokenEndpoint.refreshGrants.length).toBe(1)
  })

  test('starts nothing more when there is no time left for it', async () => {
    const { handle, world } = scene()
    const many = world.concurrency + 20
    for (let times = 0; times < many; times += 1) await connectedIn(world)
    world.clock.advance(HOUR)
    const held = Promise.withResolvers<typeof unavailable>()
    const tenAtWork = world.concurrency
    for (let times = 0; times < tenAtWork; times += 1) {
      world.tokenEndpoint.answerNextRefresh(() => held.promise)
    }
    const sweep = handle(EVERY_SHARD, 25_001)
    AbortSignal.timeout(1).addEventListener('abort', () => held.resolve(unavailable))
    expect(await sweep).toMatchObject({
      outcomes: { transient: tenAtWork },
      ended: 'deadline',
    })
  })
})

describe('a sweep on record', () => {
  test('is added to its hour, by shard and outcome', async () => {
    const { handle, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    await handle({ shard: 0, shards: 1 })
    world.clock.advance(MINUTE)
    await handle({ shard: 1, shards: 64 })
    const { hours } = await world.record.read(world.now())
    expect(hours).toMatchObject([
      {
        outcomes: { refreshed: 1 },
        shards: [
          { shard: 0, sweptAt: at(HOUR), oldestDueMs: expect.any(Number) },
          { shard: 1, sweptAt: at(HOUR + MINUTE), oldestDueMs: 0 },
        ],
      },
    ])
    expect(hours[0]?.shards[0]?.oldestDueMs).toBeGreaterThan(0)
  })

  test('is one that was, also when that cannot be written', async () => {
    const { handle, log, counts, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    const error = new Error('the store is away')
    world.record.breakWith(error)
    expect(await handle(EVERY_SHARD)).toMatchObject({ outcomes: { refreshed: 1 }, ended: 'all' })
    expect(counts).toMatchObject({ refreshed: 1, flushed: 1 })
    expect(log.lines.at(-1)).toMatchObject({ name: 'sweep_not_kept', error, fields: { shard: 0 } })
  })
})

describe('an invocation', () => {
  test('renews one connection now, and hands back what happened', async () => {
    const { handle, world, log, connection } = await connectedScene()
    const outcome = await handle({ refresh: { connectionId: connection.id, when: 'now' } })
    expect(outcome).toEqual({ outcome: 'refreshed', generation: 2, expiresAt: at(HOUR) })
    expect(log.lines).toMatchObject([
      { name: 'refresh', fields: { connectionId: connection.id, outcome: 'refreshed' } },
    ])
    expect(JSON.stringify(outcome)).not.toContain(world.minter.tokens[2])
  })

  test('for a generation that is no longer stored does nothing', async () => {
    const { handle, connection, world } = await connectedScene()
    const event = { refresh: { connectionId: connection.id, when: 0 } }
    expect(await handle(event)).toEqual({ outcome: 'not_due' })
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('for a connection that is not there says so', async () => {
    const { handle } = scene()
    const event = { refresh: { connectionId: 42, when: 'now' } }
    expect(await handle(event)).toEqual({ outcome: 'gone', status: undefined })
  })

  test('that hangs ends a second before Lambda ends it', { timeout: 500 }, async () => {
    const { handle, world, connection } = await connectedScene()
    world.tokenEndpoint.answerNextRefresh(() => new Promise(() => undefined))
    const event = { refresh: { connectionId: connection.id, when: 'now' } }
    await expect(handle(event, 1001)).rejects.toThrow()
  })
})

describe('a request over HTTP', () => {
  test('renews the connection now', async () => {
    const { post, connection, world, tokens } = await connectedScene()
    const { status, body, text } = await post()
    expect([status, body]).toEqual([200, { Outcome: 'refreshed', ExpiresAtUtc: utc(at(HOUR)) }])
    expect(await storedIn(world, connection.id)).toMatchObject({ generation: 2 })
    for (const token of [...world.minter.tokens, tokens.accessToken]) {
      expect(text).not.toContain(token)
    }
  })

  test('that meets another one under way is accepted', async () => {
    const { post, connection, world } = await connectedScene()
    await world.refreshClaims.claim({
      connectionId: connection.id,
      generation: 1,
      holder: 'another',
      now: world.now(),
    })
    expect(await post()).toMatchObject({ status: 202, body: { Outcome: 'in_progress' } })
  })

  test('says when to try again while Microsoft is busy', async () => {
    const { post, connection, world } = await connectedScene()
    world.tokenEndpoint.answerNextRefresh({ ...unavailable, retryAfter: at(10 * MINUTE) })
    expect(await post()).toMatchObject({
      status: 503,
      headers: { 'retry-after': '600' },
      body: {
        Code: 'temporarily_unavailable',
        Message: expect.stringContaining('(http_503); the connection stays as it is'),
      },
    })
    expect(await storedIn(world, connection.id)).toMatchObject({ status: 'connected' })
  })

  test("says that the application's own credential is at fault", async () => {
    const { post, connection, world } = await connectedScene()
    world.tokenEndpoint.answerNextRefresh(appRejected)
    const refused = await post()
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
      body: {
        Code: 'app_credential_rejected',
        Message: expect.stringContaining('AADSTS7000222'),
      },
    })
    expect(await storedIn(world, connection.id)).toMatchObject({ status: 'connected' })
  })

  test('says who must act when the grant has ended', async () => {
    const { post, world } = await connectedScene()
    world.tokenEndpoint.answerNextRefresh(grantEnded)
    expect(await post()).toMatchObject({
      status: 409,
      body: {
        Code: 'reauthorization_required',
        Message: expect.stringContaining('(AADSTS50173, user)'),
      },
    })
  })

  test('says that nobody has signed in', async () => {
    const { post, world, connection } = await connectedScene()
    await world.connections.disconnect(connection)
    expect(await post()).toMatchObject({ status: 409, body: { Code: 'not_connected' } })
  })

  test('is refused for a connection of another account as for one that never was', async () => {
    const { post, world } = await connectedScene()
    const foreign = { ...(await bearer()), 'x-cyclr-account': 'another' }
    for (const parts of [
      { headers: foreign },
      { variables: { id: '1' } },
      { variables: { id: 'x' } },
    ]) {
      expect(await post(parts)).toMatchObject({
        status: 404,
        body: {
          Code: 'not_found',
          Message: 'This account has no account connector with that id.',
        },
      })
    }
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('is refused without a bearer token, and renews nothing', async () => {
    const { post, world, connection } = await connectedScene()
    const account = { 'x-cyclr-account': connection.accountId }
    for (const headers of [account, { ...account, authorization: 'Bearer canary' }]) {
      expect(await post({ headers })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('is refused to a client of another account', async () => {
    const { post, connection } = await connectedScene()
    const headers = { ...(await bearer(BOUND)), 'x-cyclr-account': connection.accountId }
    expect(await post({ headers })).toMatchObject({ status: 403 })
  })

  test('is no tick, whatever its body says', async () => {
    const { post, world } = await connectedScene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    const body = { ...EVERY_SHARD, refresh: { connectionId: 42, when: 'now' } }
    expect(await post({ body })).toMatchObject({ status: 200, body: { Outcome: 'refreshed' } })
    expect(world.tokenEndpoint.refreshGrants.length).toBe(1)
  })
})

describe('the measurement of levels', () => {
  const MEASURE = { measure: true }

  test('counts the connections by their status', async () => {
    const { handle, counts, world } = scene()
    await connectedIn(world)
    await connectedIn(world)
    await world.connections.disconnect((await connectedIn(world)).connection)
    expect(await handle(MEASURE)).toEqual({ outcome: 'measured' })
    expect(counts).toEqual({
      'connections.pending': 0,
      'connections.connected': 2,
      'connections.reauthorization_required': 0,
      'connections.disconnected': 1,
      flushed: 1,
    })
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('keeps the count as a census, with who waits for whom', async () => {
    const { handle, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh(grantEnded)
    await handle(EVERY_SHARD)
    await handle(MEASURE)
    const { census } = await world.record.read(world.now())
    expect(census).toMatchObject({
      at: world.now(),
      counts: { connected: 0, reauthorization_required: 1 },
      waiting: [{ code: 'AADSTS50173', who: 'user', connections: 1 }],
    })
  })

  test('measures all the same when the census cannot be kept', async () => {
    const { handle, counts, log, world } = scene()
    await connectedIn(world)
    world.appCredentials.set({ ...APP_CREDENTIAL, endsAt: at(DAY) })
    const error = new Error('the store is away')
    world.record.breakWith(error)
    expect(await handle(MEASURE)).toEqual({ outcome: 'measured' })
    expect(counts).toMatchObject({ 'connections.connected': 1, appCredentialDaysLeft: 1 })
    expect(log.lines).toMatchObject([{ kind: 'failure', name: 'census_not_kept', error }])
  })

  test.each([
    ['a month ahead', 30 * DAY, 30],
    ['a millisecond short of a month ahead', 30 * DAY - 1, 29],
    ['within the day', DAY - 1, 0],
    ['now', 0, 0],
    ['yesterday', -DAY, -1],
  ])('says how many days the credential is good for: its end is %s', async (_, ahead, days) => {
    const { handle, counts, world } = scene()
    world.appCredentials.set({ ...APP_CREDENTIAL, endsAt: at(ahead) })
    await handle(MEASURE)
    expect(counts).toMatchObject({ appCredentialDaysLeft: days })
  })

  test('says nothing of an end that nobody gave', async () => {
    const { handle, counts } = scene()
    await handle(MEASURE)
    expect(counts).not.toHaveProperty('appCredentialDaysLeft')
  })

  test('counts also when the credential cannot be read, and fails then', async () => {
    const { handle, counts, world } = scene()
    world.appCredentials.set(undefined)
    await expect(handle(MEASURE)).rejects.toMatchObject({ code: 'secret_unreadable' })
    expect(counts).toMatchObject({ 'connections.connected': 0, flushed: 1 })
  })
})

describe('who must act', () => {
  test.each([
    ['a user signs in again', grantEnded, { 'mustAct.user': 1 }],
    ['the credential is renewed', appRejected, { 'mustAct.application_owner': 1 }],
    [
      'an administrator lifts a policy',
      { outcome: 'refused', refusal: aRefusal({ code: 53003 }) } as const,
      { 'mustAct.administrator': 1 },
    ],
  ])('is measured: %s', async (_, answer, measured) => {
    const { handle, counts, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh(answer)
    await handle(EVERY_SHARD)
    expect(counts).toMatchObject(measured)
  })

  test('is nobody while it is only a matter of waiting', async () => {
    const { handle, counts, world } = scene()
    await connectedIn(world)
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh(unavailable)
    await handle(EVERY_SHARD)
    expect(Object.keys(counts).filter((name) => name.startsWith('mustAct'))).toEqual([])
  })
})
