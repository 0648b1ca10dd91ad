import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../fakes/hand-clock.ts'
import { clientScene, thrownBy } from './support.ts'

const ACME = { accountId: 'acme' }
const DOWN = { Code: 'store_unavailable', Message: 'The store is down.', RequestId: 'r' }

describe('a call that only reads', () => {
  test('is repeated as the service says, and then succeeds', async () => {
    const { client, waits, next, answer, token } = clientScene()
    next(() => answer(DOWN, 503, { 'retry-after': '2' }))
    next(() => Promise.reject(new TypeError('fetch failed')))
    next(() => token(3600, 'in the end'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'in the end' })
    expect(waits).toEqual([2000, 1500])
  })

  test('is repeated twice at most', async () => {
    const { client, calls, waits, next, answer } = clientScene()
    for (let times = 0; times < 3; times += 1) next(() => answer(DOWN, 503))
    expect(await thrownBy(client.token(7, ACME))).toMatchObject({ code: 'store_unavailable' })
    expect(calls()).toHaveLength(3)
    expect(waits).toEqual([300, 1500])
  })

  test.each([
    ['seconds', '11', 11],
    ['a date of the service', 'Thu, 01 Mar 2096 15:01:00 GMT', 60],
  ])('is not kept waiting longer than ten seconds, said in %s', async (_, retryAfter, seconds) => {
    const { client, waits, next, answer } = clientScene({ skewMs: 3 * HOUR })
    next(() => answer(DOWN, 503, { 'retry-after': retryAfter }))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toMatchObject({ name: 'Unavailable', retryAfterSeconds: seconds })
    expect(waits).toEqual([])
  })

  test('is not kept waiting longer than ten seconds all in all', async () => {
    const { client, calls, waits, next, answer } = clientScene()
    next(() => answer(DOWN, 503, { 'retry-after': '6' }))
    next(() => answer(DOWN, 503, { 'retry-after': '6' }))
    expect(await thrownBy(client.token(7, ACME))).toMatchObject({ retryAfterSeconds: 6 })
    expect(calls()).toHaveLength(2)
    expect(waits).toEqual([6000])
  })

  test.each(['app_credential_rejected', 'validity_unavailable'])(
    'is not repeated for %s, which no waiting mends',
    async (code) => {
      const { client, calls, next, answer } = clientScene()
      next(() => answer({ ...DOWN, Code: code }, 503, { 'retry-after': '1' }))
      expect(await thrownBy(client.token(7, ACME))).toMatchObject({ name: 'Unavailable', code })
      expect(calls()).toHaveLength(1)
    },
  )
})

describe('a call that changes something', () => {
  const changes = [
    ['create', 'POST'],
    ['refresh', 'POST'],
    ['disconnect', 'PUT'],
    ['remove', 'DELETE'],
    ['setResource', 'POST'],
    ['complete', 'POST'],
  ] as const

  const change = (
    { client }: ReturnType<typeof clientScene>,
    method: (typeof changes)[number][0],
  ): Promise<unknown> => {
    if (method === 'create') return client.connections.create(ACME)
    const options = { ...ACME, resource: 'https://x.crm.dynamics.com', completionId: 'c' }
    return client.connections[method](7, options)
  }

  test.each(changes)('%s is not repeated when nobody knows whether it was done', async (method) => {
    const scene = clientScene()
    scene.next(() => scene.answer(DOWN, 503, { 'retry-after': '1' }))
    expect(await thrownBy(change(scene, method))).toMatchObject({ name: 'Unavailable' })
    expect(scene.calls()).toHaveLength(1)
  })

  test.each(changes)('%s is repeated when it was turned away unread', async (method, verb) => {
    const scene = clientScene()
    const { calls, next, answer } = scene
    next(() => answer({ message: 'Too Many Requests' }, 429))
    next(() => answer({ Code: 'request_invalid', Message: 'No.' }, 400))
    expect(await thrownBy(change(scene, method))).toMatchObject({ name: 'RequestRefused' })
    expect(calls()).toMatchObject([{ request: { method: verb } }, { request: { method: verb } }])
  })
})

describe('the bearer token', () => {
  const expired = { Code: 'bearer_token_invalid', Message: 'Get a new one.', RequestId: 'r' }

  test('is asked for once by form, and used until a minute before its end', async () => {
    const { client, clock, sent, next, answer } = clientScene()
    for (let times = 0; times < 3; times += 1) next(() => answer([]))
    await client.connections.list(ACME)
    clock.advance(58 * MINUTE)
    await client.connections.list(ACME)
    clock.advance(MINUTE)
    await client.connections.list(ACME)
    const bearers = sent.filter(({ what }) => what === 'POST /oauth/token')
    expect(bearers).toHaveLength(2)
    const form = new URLSearchParams(bearers[0]?.request.body)
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'acme-backend',
      client_secret: 'the-secret-of-the-client',
    })
  })

  test('that the service refuses is renewed once, also for a change', async () => {
    const { client, calls, next, answer } = clientScene()
    next(() => answer(expired, 401))
    next(() => answer({ Message: 'done' }))
    await client.connections.remove(7, ACME)
    const bearers = calls().map(({ request }) => request.headers.authorization)
    expect(bearers).toEqual(['Bearer bearer-1', 'Bearer bearer-3'])
  })

  test('is renewed once for all calls that were refused with it', async () => {
    const { client, sent, next, answer } = clientScene()
    next(() => answer([]))
    await client.connections.list(ACME)
    for (let times = 0; times < 3; times += 1) next(() => answer(expired, 401))
    for (let times = 0; times < 3; times += 1) next(() => answer([]))
    await Promise.all([1, 2, 3].map(() => client.connections.list(ACME)))
    expect(sent.filter(({ what }) => what === 'POST /oauth/token')).toHaveLength(2)
  })

  test('is not renewed for a refusal that comes late, of the one before', async () => {
    const { client, sent, calls, next, answer } = clientScene()
    const late = Promise.withResolvers<Response>()
    next(() => late.promise)
    next(() => answer(expired, 401))
    for (let times = 0; times < 2; times += 1) next(() => answer([]))
    const slow = client.connections.list(ACME)
    await expect.poll(calls).toHaveLength(1)
    await client.connections.list(ACME)
    late.resolve(answer(expired, 401))
    await slow
    expect(sent.filter(({ what }) => what === 'POST /oauth/token')).toHaveLength(2)
  })

  test('that is refused again ends in one error', async () => {
    const { client, calls, next, answer } = clientScene()
    for (let times = 0; times < 2; times += 1) next(() => answer(expired, 401))
    const error = await thrownBy(client.connections.list(ACME))
    expect(error).toMatchObject({ name: 'ClientRejected', code: 'bearer_token_invalid' })
    expect(calls()).toHaveLength(2)
  })
})
