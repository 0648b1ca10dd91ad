import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { clientScene, RESOURCE, thrownBy } from './support.ts'

const ACME = { accountId: 'acme' }

describe('an access token', () => {
  test('is asked for in the name of the account, with the environment that it is for', async () => {
    const { client, clock, calls, next, token } = clientScene()
    next(() => token(3600, 'the-token'))
    expect(await client.token(7, ACME)).toEqual({
      accessToken: 'the-token',
      expiresAt: new Date(clock.now().getTime() + HOUR),
      resource: RESOURCE,
    })
    expect(calls()).toMatchObject([
      {
        what: 'GET /v1.0/account/connectors/7/token?minValidity=300',
        request: { headers: { authorization: 'Bearer bearer-1', 'x-account': 'acme' } },
      },
    ])
  })

  test('is kept until it is good for less than five minutes', async () => {
    const { client, clock, calls, next, token } = clientScene()
    next(() => token(3600, 'first'))
    await client.token(7, ACME)
    clock.advance(55 * MINUTE)
    expect(await client.token('7', ACME)).toMatchObject({ accessToken: 'first' })
    clock.advance(SECOND)
    next(() => token(3600, 'second'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'second' })
    expect(calls()).toHaveLength(2)
  })

  test('is asked for again where it is to be good for longer than the one that is held', async () => {
    const { client, calls, next, token } = clientScene()
    next(() => token(900, 'short'))
    await client.token(7, ACME)
    next(() => token(3600, 'long'))
    const long = await client.token(7, { ...ACME, minValidity: 1800 })
    expect(long).toMatchObject({ accessToken: 'long' })
    expect(calls()[1]?.what).toContain('minValidity=1800')
  })

  test('is asked for anew by force, and the new one is kept', async () => {
    const { client, calls, next, token } = clientScene()
    next(() => token(3600, 'first'))
    await client.token(7, ACME)
    next(() => token(3600, 'forced'))
    await client.token(7, { ...ACME, forceRefresh: true })
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'forced' })
    expect(calls()[1]?.what).toContain('forceRefresh=true')
  })

  test('of another connection or another account is another one', async () => {
    const { client, next, token } = clientScene()
    for (const name of ['acme 7', 'acme 8', 'fabrikam 7']) next(() => token(3600, name))
    await client.token(7, ACME)
    expect(await client.token(8, ACME)).toMatchObject({ accessToken: 'acme 8' })
    const other = await client.token(7, { accountId: 'fabrikam' })
    expect(other).toMatchObject({ accessToken: 'fabrikam 7' })
  })

  test('that is not in use any more makes room when a thousand are held', async () => {
    const { client, calls, next, token } = clientScene()
    for (let id = 1; id <= 1001; id += 1) {
      next(() => token(3600))
      await client.token(id, ACME)
      // The first one stays in use.
      if (id % 100 === 0) await client.token(1, ACME)
    }
    await client.token(1, ACME)
    expect(calls()).toHaveLength(1001)
    next(() => token(3600, 'again'))
    expect(await client.token(2, ACME)).toMatchObject({ accessToken: 'again' })
  })
})

describe('calls at the same time', () => {
  test('share one request for a token, and one for a bearer token', async () => {
    const { client, sent, next, token } = clientScene()
    next(() => token(3600, 'shared'))
    const all = await Promise.all([1, 2, 3].map(() => client.token(7, ACME)))
    expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['shared']))
    expect(sent).toHaveLength(2)
  })

  test('share its failure, which is not kept', async () => {
    const { client, next, answer, token } = clientScene()
    next(() => answer({ Code: 'not_connected', Message: 'Sign in.' }, 409))
    const all = await Promise.allSettled([client.token(7, ACME), client.token(7, ACME)])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    next(() => token(3600, 'later'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'later' })
  })

  test('ask one after the other where the first does not do for the second', async () => {
    const { client, calls, next, token } = clientScene()
    const first = Promise.withResolvers<Response>()
    next(() => first.promise)
    next(() => token(3600, 'forced'))
    const usual = client.token(7, ACME)
    const forced = client.token(7, { ...ACME, forceRefresh: true })
    const forcedToo = client.token(7, { ...ACME, forceRefresh: true })
    await expect.poll(calls).toHaveLength(1)
    first.resolve(token(3600, 'usual'))
    expect(await usual).toMatchObject({ accessToken: 'usual' })
    expect(await forced).toMatchObject({ accessToken: 'forced' })
    expect(await forcedToo).toMatchObject({ accessToken: 'forced' })
    expect(calls()).toHaveLength(2)
  })
})

test('a call that wants a token for longer does not get the shorter one that is on its way', async () => {
  const { client, next, token } = clientScene()
  next(() => token(900, 'short'))
  next(() => token(3600, 'long'))
  const usual = client.token(7, ACME)
  const longer = client.token(7, { ...ACME, minValidity: 1800 })
  expect(await usual).toMatchObject({ accessToken: 'short' })
  expect(await longer).toMatchObject({ accessToken: 'long' })
})

describe('a token that is held is forgotten', () => {
  test.each([
    ['disconnected', 'disconnect', { Message: 'done' }],
    ['removed', 'remove', { Message: 'done' }],
    ['renewed', 'refresh', { Outcome: 'in_progress' }],
  ] as const)('when the connection is %s here', async (_, method, body) => {
    const { client, next, answer, token } = clientScene()
    next(() => token(3600, 'before'))
    await client.token(7, ACME)
    next(() => answer(body))
    await client.connections[method](7, ACME)
    next(() => token(3600, 'after'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'after' })
  })

  test('also while it is on its way', async () => {
    const { client, calls, next, answer, token } = clientScene()
    const late = Promise.withResolvers<Response>()
    next(() => late.promise)
    const asked = client.token(7, ACME)
    await expect.poll(calls).toHaveLength(1)
    next(() => answer({ Message: 'done' }))
    await client.connections.disconnect(7, ACME)
    late.resolve(token(3600, 'before'))
    await asked
    next(() => answer({ Code: 'not_connected', Message: 'Sign in.' }, 409))
    expect(await thrownBy(client.token(7, ACME))).toMatchObject({ name: 'NotConnected' })
  })

  test('and when nobody knows whether the disconnect was done', async () => {
    const { client, next, token } = clientScene()
    next(() => token(3600, 'before'))
    await client.token(7, ACME)
    next(() => Promise.reject(new TypeError('fetch failed')))
    await thrownBy(client.connections.disconnect(7, ACME))
    next(() => token(3600, 'after'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'after' })
  })
})

describe('a clock of this machine that is wrong', () => {
  test.each([
    ['behind', 2 * HOUR],
    ['ahead', -2 * HOUR],
  ])('by two hours %s neither keeps a token too long nor renews it too soon', async (_, skewMs) => {
    const { client, clock, calls, next, token } = clientScene({ skewMs })
    next(() => token(3600, 'first'))
    const first = await client.token(7, ACME)
    expect(first.expiresAt).toEqual(new Date(clock.now().getTime() + HOUR))
    clock.advance(55 * MINUTE)
    await client.token(7, ACME)
    expect(calls()).toHaveLength(1)
    clock.advance(SECOND)
    next(() => token(3600, 'second'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'second' })
  })

  test('and that is set back makes every token and bearer token be asked for again', async () => {
    const { client, clock, sent, next, token } = clientScene()
    next(() => token(3600, 'first'))
    await client.token(7, ACME)
    clock.advance(-MINUTE)
    next(() => token(3600, 'second'))
    expect(await client.token(7, ACME)).toMatchObject({ accessToken: 'second' })
    expect(sent).toHaveLength(4)
  })

  test('is all there is where the answer has no date', async () => {
    const { client, clock, next } = clientScene()
    const ExpiresAtUtc = new Date(clock.now().getTime() + HOUR).toISOString()
    next(() => Response.json({ AccessToken: 'dateless', ExpiresAtUtc, Resource: RESOURCE }))
    const { expiresAt } = await client.token(7, ACME)
    expect(expiresAt.toISOString()).toBe(ExpiresAtUtc)
  })
})
