import { describe, expect, test } from 'vitest'
import {
  authorizationRequestIdOf,
  browserBindingOf,
  codeChallengeOf,
  codeVerifierOf,
  nonceOf,
} from '../../../functions/domain/authorization-request.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { NO_TERMS } from '../../../functions/domain/sign-in-terms.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { at, MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import {
  AUTHORITY,
  aNewSignInToken,
  aResource,
  aReturnTarget,
  RESOURCE,
  TENANT,
} from '../../support/builders.ts'
import { aWorld, connectedIn, PARTNER_ORIGIN } from '../../support/world.ts'
import { SECURITY_HEADERS } from '../support/answered.ts'
import { type SignInScene, signInScene } from '../support/sign-in-scene.ts'

/** Nothing came of the link: no request is stored and no cookie set. */
function expectNothingBegun({ world }: SignInScene, cookies: readonly string[]): void {
  expect(world.authorizationRequests.all()).toEqual([])
  expect(cookies).toEqual([])
}

describe('opening a sign-in link', () => {
  test("leads to the sign-in of the environment's tenant", async () => {
    const { begin, world } = await signInScene()
    const { location, state, cookie } = await begin()
    const browserSecret = cookie.split('=')[1] ?? ''
    const secrets = { state, browserSecret }
    expect(`${location.origin}${location.pathname}`).toBe(
      `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/authorize`,
    )
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: APP_CREDENTIAL.clientId,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: world.redirectUri,
      scope: `${RESOURCE}/user_impersonation offline_access openid profile`,
      state,
      nonce: nonceOf(secrets),
      code_challenge: codeChallengeOf(codeVerifierOf(secrets)),
      code_challenge_method: 'S256',
      prompt: 'select_account',
    })
  })

  test('binds the attempt to this browser by a cookie, and stores only digests', async () => {
    const { open, world, connection, token } = await signInScene()
    const { status, headers, cookies } = await open()
    expect([status, headers]).toMatchObject([303, SECURITY_HEADERS])
    const [pair = '', ...attributes] = cookies[0]?.split('; ') ?? []
    expect(cookies.length).toBe(1)
    expect(pair).toMatch(/^__Host-dynamics-connect-[\w-]{16}=[\w-]{43}$/)
    expect(attributes.toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=1800',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ])
    const state = new URL(String(headers.location)).searchParams.get('state') ?? ''
    expect(world.authorizationRequests.all()).toEqual([
      {
        id: authorizationRequestIdOf(state),
        browserBinding: browserBindingOf(pair.split('=')[1] ?? ''),
        connectionId: connection.id,
        accountId: connection.accountId,
        signInTokenDigest: digestOf(token),
        wanted: { kind: 'known', resource: RESOURCE },
        terms: NO_TERMS,
        authority: AUTHORITY,
        returnTarget: aReturnTarget({ targetOrigin: `${PARTNER_ORIGIN}/done?a=1` }),
        language: undefined,
        expiresAt: at(30 * MINUTE),
      },
    ])
  })

  test('uses nothing up, so that a mail scanner does no harm', async () => {
    const { begin, world, token } = await signInScene()
    const [one, two] = [await begin(), await begin()]
    expect(world.signInTokens.find(digestOf(token))).toMatchObject({ spentBy: undefined })
    expect(one.state).not.toBe(two.state)
    expect(one.cookie.split('=')[1]).not.toBe(two.cookie.split('=')[1])
    expect(one.cookie.split('=')[0]).not.toBe(two.cookie.split('=')[0])
  })

  test.each([
    '/connectorauth/updateaccountconnectoroauth',
    '/connectorauth/UpdateAccountConnectorOAuth',
    '/ConnectorAuth/UPDATEACCOUNTCONNECTOROAUTH',
    '/connector/authorize',
    '/Connector/Authorize',
  ])('works at %s', async (path) => {
    const { open } = await signInScene()
    expect(await open({}, { path })).toMatchObject({ status: 303 })
  })

  test('asks nobody for an account on a reconnect', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const scene = await signInScene({ world })
    const { text, token } = aNewSignInToken(connection.accountId, world.now())
    await world.signInTokens.create(token)
    const { location } = await scene.begin({ id: String(connection.id), token: text })
    expect(location.searchParams.get('login_hint')).toBe('hint-of-ada')
    expect(location.searchParams.has('prompt')).toBe(false)
  })

  test('leads to any organization when the environment does not name its tenant', async () => {
    const { begin, world } = await signInScene()
    world.environments.answerNextTenant({ tenantId: undefined })
    expect((await begin()).location.pathname).toBe('/organizations/oauth2/v2.0/authorize')
  })

  test('keeps the message for the page at the end, where there is one', async () => {
    const { begin, world } = await signInScene()
    await begin({
      targetOrigin: PARTNER_ORIGIN,
      callbackMessage: 'done',
    })
    expect(world.authorizationRequests.all()).toMatchObject([
      {
        returnTarget: {
          targetOrigin: PARTNER_ORIGIN,
          callbackMessage: 'done',
          mode: 'redirect' as const,
        },
      },
    ])
  })

  test('takes an empty message for none', async () => {
    const { begin, world } = await signInScene()
    await begin({ callbackMessage: '' })
    expect(world.authorizationRequests.all()).toMatchObject([
      { returnTarget: { callbackMessage: undefined } },
    ])
  })

  test('is noted by its connection, without anything secret', async () => {
    const { open, log, connection, token } = await signInScene()
    await open()
    expect(log.lines).toMatchObject([
      { name: 'authorization_begun', fields: { connectionId: connection.id, outcome: 'begun' } },
    ])
    expect(JSON.stringify(log.lines)).not.toContain(token)
  })
})

describe('a link that leads nowhere has a page that says why', () => {
  test.each([
    ['without a token', { token: undefined }],
    ['with an empty token', { token: '' }],
    ['with an unknown token', { token: 'canary' }],
    ['without a connection', { id: undefined }],
    ['with an unknown connection', { id: '1' }],
    ['with a connection that is none', { id: 'canary' }],
  ])('when it is %s', async (_, query) => {
    const scene = await signInScene()
    const { status, text, cookies } = await scene.open(query)
    expect(status).toBe(403)
    expect(text).toContain('This link is not valid')
    expect(text).not.toContain('canary')
    expectNothingBegun(scene, cookies)
  })

  test('when its token is for another account than its connection', async () => {
    const scene = await signInScene()
    const { text: token, token: stored } = aNewSignInToken('another', scene.world.now())
    await scene.world.signInTokens.create(stored)
    const { status, text, cookies } = await scene.open({ token })
    expect(status).toBe(403)
    expect(text).toContain('This link is not valid')
    expectNothingBegun(scene, cookies)
  })

  test('when it has expired', async () => {
    const scene = await signInScene()
    scene.world.clock.advance(5 * MINUTE)
    const { status, text, cookies } = await scene.open()
    expect(status).toBe(403)
    expect(text).toContain('This link has expired')
    expectNothingBegun(scene, cookies)
  })

  test('when it has been used', async () => {
    const scene = await signInScene()
    await scene.world.signInTokens.spend(digestOf(scene.token), 'another request')
    const { status, text, cookies } = await scene.open()
    expect(status).toBe(403)
    expect(text).toContain('This link has been used already')
    expectNothingBegun(scene, cookies)
  })

  test.each([
    undefined,
    '',
    'canary',
    'https://evil.example',
    'https://partner.example.evil.example',
    'https://partner.example@evil.example',
    'https://user@partner.example',
    'http://partner.example',
    'https://partner.example:8443',
    '//partner.example',
    'javascript:alert(1)//partner.example',
    'https:partner.example',
    'https://partner.example\\@evil.example',
  ])('when it would lead back to %j', async (targetOrigin) => {
    const scene = await signInScene()
    const { status, text, cookies } = await scene.open({ targetOrigin })
    expect(status).toBe(400)
    expect(text).toContain('This link cannot be used')
    expect(text).not.toMatch(/evil|canary|javascript/)
    expectNothingBegun(scene, cookies)
  })

  test('when a message has to go to a URL that is more than an origin', async () => {
    const scene = await signInScene()
    const { status, cookies } = await scene.open({ callbackMessage: 'done' })
    expect(status).toBe(400)
    expectNothingBegun(scene, cookies)
  })

  test('when the cloud of the environment is not enabled', async () => {
    const resource = aResource('https://contoso.crm.dynamics.cn')
    const scene = await signInScene({ connection: { resource } })
    const { status, text, cookies } = await scene.open()
    expect(status).toBe(409)
    expect(text).toContain('This environment cannot be connected')
    expect(scene.world.environments.asked).toEqual([])
    expectNothingBegun(scene, cookies)
  })

  test('when no application is registered', async () => {
    const scene = await signInScene()
    scene.world.register(undefined)
    const { status, text, cookies } = await scene.open()
    expect(status).toBe(503)
    expect(text).toContain('The service is not set up yet')
    expectNothingBegun(scene, cookies)
  })

  test('when a parameter is repeated', async () => {
    const scene = await signInScene()
    const { status, headers, text, cookies } = await scene.openRaw('id=1&token=canary&token=canary')
    expect([status, headers['content-type']]).toEqual([400, 'text/html; charset=utf-8'])
    expect(text).not.toContain('canary')
    expectNothingBegun(scene, cookies)
  })

  test('when the service itself fails, by the id under which it is logged', async () => {
    const world = aWorld()
    const failing = {
      ...world,
      signInContexts: { read: async () => Promise.reject(new Error('canary')) },
    }
    const scene = await signInScene({ world: failing })
    const { status, headers, text } = await scene.open()
    expect([status, headers['content-type']]).toEqual([500, 'text/html; charset=utf-8'])
    expect(headers).toMatchObject(SECURITY_HEADERS)
    expect(text).not.toContain('canary')
    const [line] = scene.log.lines
    expect(text).toContain(String(line?.fields.requestId))
  })

  test('when the store does not answer', async () => {
    const down = new ServiceError('canary', { code: 'store_unavailable' })
    const world = { ...aWorld(), signInContexts: { read: async () => Promise.reject(down) } }
    const { open } = await signInScene({ world })
    expect(await open()).toMatchObject({ status: 503, text: expect.not.stringContaining('canary') })
  })
})

describe('the help for a code', () => {
  const route = 'GET /help/aadsts/{code}'

  test('is shown to whoever asks for it, and begins nothing', async () => {
    const scene = await signInScene()
    const { status, text, cookies } = await scene.open({}, { route, variables: { code: '65001' } })
    expect(status).toBe(200)
    expect(text).toContain('<dd>AADSTS65001</dd>')
    expectNothingBegun(scene, cookies)
  })

  test('is not there for what is no code', async () => {
    const { open } = await signInScene()
    expect(await open({}, { route, variables: { code: 'canary' } })).toMatchObject({
      status: 404,
      text: expect.not.stringContaining('canary'),
    })
  })
})

describe('another path', () => {
  test.each([
    '/',
    '/connector/elsewhere',
    '/a/b',
    '/connectorauth/updateaccountconnectoroauth/x',
    '/xconnector/authorize',
  ])('that the route takes as well is not found: %s', async (path) => {
    const scene = await signInScene()
    const { status, body, headers, cookies } = await scene.open({}, { path })
    expect([status, body]).toEqual([
      404,
      {
        Message: 'There is nothing at this path; see /docs for what there is.',
        Code: 'not_found',
        RequestId: expect.any(String),
      },
    ])
    expect(headers).toMatchObject(SECURITY_HEADERS)
    expectNothingBegun(scene, cookies)
  })
})
