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
  return probe
}

/** A server that answers every question like this. */
async function answering(status: number, body: unknown) {
  const server = await tinyServer((_, response) => send(response, { status, body }))
  return entraProbe({ entraBaseUrl: server.url, loginHost: 'login.example', now })
}

describe('a probe of the reply URL', () => {
  test('tells the registered one from another, by what the stand-in does', async () => {
    const probe = await aProbe()
    const of = (replyUrl: string) => probe.replyUrl({ clientId: CLIENT_ID, replyUrl })
    expect(await of(REDIRECT_URI)).toBe('registered')
    expect(await of(`${REDIRECT_URI}/`)).toBe('not_registered')
  })

  test('knows nothing from a page that it does not know', async () => {
    const probe = await answering(200, '<html>Sign in</html>')
    expect(await probe.replyUrl({ clientId: CLIENT_ID, replyUrl: REDIRECT_URI })).toBe('unclear')
  })

  test('knows an app that Microsoft does not know', async () => {
    const probe = await answering(400, '<html>AADSTS700016: Application…</html>')
    const question = { clientId: CLIENT_ID, replyUrl: REDIRECT_URI }
    expect(await probe.replyUrl(question)).toBe('unknown_app')
  })

  test('tells how far the other clock is ahead', async () => {
    const probe = await answering(200, '')
    expect(probe.clockAheadMs()).toBeUndefined()
    await probe.replyUrl({ clientId: CLIENT_ID, replyUrl: REDIRECT_URI })
    expect(probe.clockAheadMs()).toEqual(expect.any(Number))
    expect(aheadOf('Wed, 01 Jan 2025 00:00:10 GMT', new Date('2025-01-01T00:00:00Z'))).toBe(10_500)
    expect(aheadOf('soon', new Date())).toBeUndefined()
  })
})
