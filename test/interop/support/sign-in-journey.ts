import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from './browser.ts'
import { APP, RESOURCE, type StartIdentityServer, TENANT_ID } from './identity-server.ts'
import { TARGET_ORIGIN } from './partner.ts'
import { beginSignIn, connect, finishSignIn, type Stage, setUpStage } from './stage.ts'

/** One promise, kept at every identity server: sign in, hand out, refresh, notice the end. */
export function signInJourney(name: string, start: StartIdentityServer): void {
  describe(`a connection through ${name}`, () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await setUpStage(start)
    })
    afterAll(() => stage.close())

    test('is connected by signing in at the tenant of its environment', async () => {
      const { partner, id, browser, authorizationUrl } = await beginSignIn(stage)
      expect(authorizationUrl.href).toContain(`${stage.server.url}/${TENANT_ID}/oauth2/v2.0/`)
      const returned = await finishSignIn(stage, browser, authorizationUrl)
      expect(returned.origin).toBe(TARGET_ORIGIN)
      expect(returned.searchParams.get('connectionId')).toBe(id)
      expect(returned.searchParams.get('status')).toBe('connected')
      const { body } = await partner.connection(id)
      expect(body).toMatchObject({ Authenticated: true })
    })

    test('hands out an access token that the server stands by', async () => {
      const { partner, id } = await connect(stage)
      const { status, body } = await partner.token(id)
      expect(status).toBe(200)
      expect(body).toMatchObject({ TokenType: 'Bearer', Resource: RESOURCE })
      expect(await stage.server.recognises(String(body.AccessToken))).toBe(true)
    })

    test('is refreshed again and again, each time with the refresh token of the last', async () => {
      const { partner, id } = await connect(stage)
      const tokens = new Set([(await partner.token(id)).body.AccessToken])
      for (let turn = 1; turn <= 3; turn += 1) {
        expect(await partner.refresh(id)).toMatchObject({ body: { Outcome: 'refreshed' } })
        const accessToken = String((await partner.token(id)).body.AccessToken)
        expect(await stage.server.recognises(accessToken)).toBe(true)
        tokens.add(accessToken)
      }
      expect(tokens.size).toBe(4)
    })

    test('never redeems a single-use refresh token twice, though ten ask at the same time', async () => {
      const { partner, id } = await connect(stage)
      const asked = await Promise.all(Array.from({ length: 10 }, () => partner.refresh(id)))
      const refreshed = asked.filter(({ body }) => body.Outcome === 'refreshed')
      expect(refreshed.length).toBeGreaterThan(0)
      expect(await partner.connection(id)).toMatchObject({ body: { Authenticated: true } })
      expect(await partner.refresh(id)).toMatchObject({ body: { Outcome: 'refreshed' } })
      const { body } = await partner.token(id)
      expect(await stage.server.recognises(String(body.AccessToken))).toBe(true)
    })

    test('hands out a new access token at once to whoever distrusts the last one', async () => {
      const { partner, id } = await connect(stage)
      const last = await partner.token(id)
      const { body } = await partner.token(id, { forceRefresh: 'true' })
      expect(body.AccessToken).not.toBe(last.body.AccessToken)
      expect(await stage.server.recognises(String(body.AccessToken))).toBe(true)
    })

    test('shows a reloaded callback the same result and redeems nothing twice', async () => {
      const { partner, id, browser, authorizationUrl } = await beginSignIn(stage)
      const callback = await stage.server.signIn(browser, authorizationUrl.href)
      const first = await browser.get(callback)
      const second = await browser.get(callback)
      expect(second.location).toBe(first.location)
      expect(await partner.refresh(id)).toMatchObject({ body: { Outcome: 'refreshed' } })
    })

    test('does not come about in a browser that did not begin the sign-in', async () => {
      const { partner, id, browser, authorizationUrl } = await beginSignIn(stage)
      const callback = await stage.server.signIn(browser, authorizationUrl.href)
      const elsewhere = await new Browser().get(callback)
      expect(elsewhere.location).not.toContain('status=connected')
      expect(await partner.connection(id)).toMatchObject({ body: { Authenticated: false } })
    })

    test('asks for a new sign-in once the server has ended the grant, and works after it', async () => {
      const { partner, id } = await connect(stage)
      await stage.server.revokeGrants()
      const refusal = { status: 409, body: { Code: 'reauthorization_required' } }
      expect(await partner.refresh(id)).toMatchObject(refusal)
      expect(await partner.connection(id)).toMatchObject({
        body: { Authenticated: false, Status: 'reauthorization_required' },
      })
      const { browser, authorizationUrl } = await beginSignIn(stage, { partner, id })
      await finishSignIn(stage, browser, authorizationUrl)
      expect(await partner.connection(id)).toMatchObject({ body: { Authenticated: true } })
      expect(await partner.refresh(id)).toMatchObject({ body: { Outcome: 'refreshed' } })
    })

    test('leaves no token and no secret in what the service writes', async () => {
      const { partner, id } = await connect(stage)
      const { body } = await partner.token(id)
      expect(stage.service.output()).not.toContain(String(body.AccessToken))
      expect(stage.service.output()).not.toContain(APP.clientSecret)
    })
  })
}
