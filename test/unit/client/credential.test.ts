import { describe, expect, test } from 'vitest'
import { HOUR } from '../../fakes/hand-clock.ts'
import { clientScene, RESOURCE, thrownBy } from './support.ts'

const SCOPE = `${RESOURCE}/.default`
const OTHER = 'https://fabrikam.crm11.dynamics.com'

describe('a credential', () => {
  test("gives the token with its end by this machine's clock", async () => {
    const { client, clock, next, token } = clientScene({ accountId: 'acme', skewMs: -HOUR })
    next(() => token(3600, 'the-token'))
    expect(await client.credential(7).getToken(SCOPE)).toEqual({
      token: 'the-token',
      expiresOnTimestamp: clock.now().getTime() + HOUR,
      tokenType: 'Bearer',
    })
  })

  test.each([
    [SCOPE],
    [`${RESOURCE}//.default`],
    [[]],
    [[SCOPE, `${RESOURCE}/user_impersonation`]],
  ])('gives it for %j', async (scopes) => {
    const { client, next, token } = clientScene({ accountId: 'acme' })
    next(() => token(3600))
    expect(await client.credential(7).getToken(scopes)).toMatchObject({ tokenType: 'Bearer' })
  })

  test.each([
    ['https://graph.microsoft.com/.default'],
    [[SCOPE, `${OTHER}/.default`]],
    [`${RESOURCE}.example.com/.default`],
    ['openid'],
    [''],
  ])('does not give it for %j, and says for what it would', async (scopes) => {
    const { client, next, token } = clientScene({ accountId: 'acme' })
    next(() => token(3600, 'the-token'))
    const error = await thrownBy(client.credential(7).getToken(scopes))
    expect(error).toMatchObject({ name: 'RequestRefused', code: 'scope_refused' })
    expect(String(error)).toContain(`Ask with the scope ${SCOPE}.`)
  })

  test('asks for a newer token when Microsoft challenged the one before', async () => {
    const { client, calls, next, token } = clientScene()
    const credential = client.credential(7, { accountId: 'acme' })
    next(() => token(3600, 'challenged'))
    await credential.getToken(SCOPE)
    next(() => token(3600, 'newer'))
    const newer = await credential.getToken(SCOPE, { claims: 'eyJhY2Nlc3NfdG9rZW4iOnt9fQ' })
    expect(newer).toMatchObject({ token: 'newer' })
    const [, second] = calls()
    expect(second?.what).toContain('forceRefresh=true')
    expect(second?.request.headers).toMatchObject({ 'x-account': 'acme' })
  })

  test('lets one caller go, while another goes on waiting', async () => {
    const { client, calls, next, token } = clientScene()
    const credential = client.credential(7, { accountId: 'acme' })
    const answer = Promise.withResolvers<Response>()
    next(() => answer.promise)
    const leaver = new AbortController()
    const leaving = thrownBy(credential.getToken(SCOPE, { abortSignal: leaver.signal }))
    const staying = credential.getToken(SCOPE, { abortSignal: new AbortController().signal })
    await expect.poll(calls).toHaveLength(1)
    leaver.abort()
    expect(await leaving).toMatchObject({ name: 'AbortError' })
    answer.resolve(token(3600, 'for the other'))
    expect(await staying).toMatchObject({ token: 'for the other' })
  })

  test('asks for nothing when the caller has gone already', async () => {
    const { client, sent } = clientScene({ accountId: 'acme' })
    const abortSignal = AbortSignal.abort()
    const error = await thrownBy(client.credential(7).getToken(SCOPE, { abortSignal }))
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(sent).toHaveLength(0)
  })
})

describe('DynamicsWebApi', () => {
  class TakesConfig {
    readonly config: object
    constructor(config: object) {
      this.config = config
    }
  }

  test('is made of the class that is passed, for the environment of the connection', async () => {
    const { client, next, token } = clientScene()
    next(() => token(3600, 'the-token'))
    const { config } = await client.dynamics(TakesConfig, 7, { accountId: 'acme' })
    expect(config).toMatchObject({ serverUrl: `${RESOURCE}/`, dataApi: { version: '9.2' } })
  })

  test('gets the token that is held, each time it asks', async () => {
    const { client, calls, next, token } = clientScene({ accountId: 'acme' })
    next(() => token(3600, 'the-token'))
    const { onTokenRefresh } = await client.dynamics(7)
    expect([await onTokenRefresh(), await onTokenRefresh()]).toEqual(['the-token', 'the-token'])
    expect(calls()).toHaveLength(1)
  })

  test('gets no token of another environment, should the connection have moved', async () => {
    const { client, next, answer, token } = clientScene({ accountId: 'acme' })
    next(() => token(3600, 'the-token'))
    const { onTokenRefresh } = await client.dynamics(7)
    next(() => answer({ Name: 'Resource', Value: OTHER }))
    await client.connections.setResource(7, { resource: OTHER })
    const ExpiresAtUtc = '2096-03-01T13:00:00.0000000Z'
    next(() => answer({ AccessToken: 'another', ExpiresAtUtc, Resource: OTHER }))
    const error = await thrownBy(onTokenRefresh())
    expect(error).toMatchObject({ name: 'RequestRefused', code: 'resource_changed' })
    expect(String(error)).not.toContain('another')
  })
})
