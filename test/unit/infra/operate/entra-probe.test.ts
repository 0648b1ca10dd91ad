import { describe, expect, onTestFinished, test } from 'vitest'
import { startMicrosoftStandIn } from '../../../../infra/local/microsoft/server.ts'
import { aheadOf, entraProbe } from '../../../../infra/operate/entra-probe.ts'
import { send, tinyServer } from '../../support/tiny-server.ts'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI } from '../local/microsoft/scenario.ts'

const now = () => new Date()

/** The stand-in for Microsoft, which knows one app with one reply URL. */
async function aProbe() {
  const redirectUris = [REDIRECT_URI]
  const options = { port: 0, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUris }
  const standIn = await startMicrosoftStandIn(options)
  onTestFinished(() => standIn.close())
  const probe = entraProbe({ entraBaseUrl: standIn.url, loginHost: 'login.example', now })
  return { probe, standIn }
}

/** A server that answers every question like this. */
async function answering(status: number, body: unknown) {
  const server = await tinyServer((_, response) => send(response, { status, body }))
  const probe = entraProbe({ entraBaseUrl: server.url, loginHost: 'login.example', now })
  const question = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }
  const verdict = (tenant?: string) => probe.credential({ ...question, tenant })
  return { probe, server, verdict }
}

const refusal = (error: string, code: number) => ({
  error,
  error_description: `AADSTS${code}: words. Trace ID: 1`,
})

describe('a probe of the app credential', () => {
  test('is rejected by the stand-in when the client secret is wrong, and not otherwise', async () => {
    const { probe } = await aProbe()
    const question = { clientId: CLIENT_ID, tenant: undefined }
    expect(await probe.credential({ ...question, clientSecret: CLIENT_SECRET })).toEqual({
      verdict: 'not_refused',
    })
    expect(await probe.credential({ ...question, clientSecret: 'wrong' })).toEqual({
      verdict: 'rejected',
      code: 7000215,
    })
  })

  test.each([
    [401, refusal('invalid_client', 7000222), { verdict: 'rejected', code: 7000222 }],
    [400, refusal('unauthorized_client', 700016), { verdict: 'unknown_app', code: 700016 }],
    [400, refusal('invalid_request', 90002), { verdict: 'not_refused' }],
    [503, 'busy', { verdict: 'no_answer', status: 503 }],
    [400, '<html>', { verdict: 'no_answer', status: undefined }],
    [200, { access_token: 'x' }, { verdict: 'accepted' }],
  ])('answered with %s %j says so', async (status, body, expected) => {
    const { verdict } = await answering(status, body)
    expect(await verdict()).toEqual(expected)
  })

  test('asks for a token of the app itself where the tenant is known, else tries no real token', async () => {
    const { server, verdict } = await answering(200, {})
    await verdict('contoso.example')
    await verdict()
    const asked = server.received.map(({ path, body }) => ({
      path,
      ...Object.fromEntries(new URLSearchParams(body)),
    }))
    const app = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET }
    expect(asked).toEqual([
      {
        path: '/contoso.example/oauth2/v2.0/token',
        ...app,
        grant_type: 'client_credentials',
        scope: `${CLIENT_ID}/.default`,
      },
      {
        path: '/organizations/oauth2/v2.0/token',
        ...app,
        grant_type: 'refresh_token',
        refresh_token: 'none',
        scope: 'openid',
      },
    ])
  })

  test('tells how far the other clock is ahead', async () => {
    const { probe, verdict } = await answering(200, {})
    expect(probe.clockAheadMs()).toBeUndefined()
    await verdict()
    expect(probe.clockAheadMs()).toEqual(expect.any(Number))
    expect(aheadOf('Wed, 01 Jan 2025 00:00:10 GMT', new Date('2025-01-01T00:00:00Z'))).toBe(10_500)
    expect(aheadOf('soon', new Date())).toBeUndefined()
  })
})

describe('a probe of the reply URL', () => {
  test('tells the registered one from another, by what the stand-in does', async () => {
    const { probe } = await aProbe()
    const of = (replyUrl: string) => probe.replyUrl({ clientId: CLIENT_ID, replyUrl })
    expect(await of(REDIRECT_URI)).toBe('registered')
    expect(await of(`${REDIRECT_URI}/`)).toBe('not_registered')
  })

  test('knows nothing from a page that it does not know', async () => {
    const { probe } = await answering(200, '<html>Sign in</html>')
    expect(await probe.replyUrl({ clientId: CLIENT_ID, replyUrl: REDIRECT_URI })).toBe('unclear')
  })

  test('knows an app that Microsoft does not know', async () => {
    const { probe } = await answering(400, '<html>AADSTS700016: Application…</html>')
    const question = { clientId: CLIENT_ID, replyUrl: REDIRECT_URI }
    expect(await probe.replyUrl(question)).toBe('unknown_app')
  })
})
