import { describe, expect, test } from 'vitest'
import { apiHandler } from '../../../functions/api/handler.ts'
import {
  authorizationRequestIdOf,
  codeVerifierOf,
  completionIdOf,
  nonceOf,
} from '../../../functions/domain/authorization-request.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import type { HttpResponse } from '../../../functions/http/responses.ts'
import { AGAIN_ROUTE, CHOICE_ROUTE, FORM_ROUTE } from '../../../functions/http/routes.ts'
import { eventLog } from '../../../functions/logger.ts'
import { completeSignInHandler } from '../../../functions/refresh/complete-sign-in.ts'
import { refreshHandler } from '../../../functions/refresh/handler.ts'
import { httpRefreshHandler } from '../../../functions/refresh/http-refresh.ts'
import { tokenHandler } from '../../../functions/token/handler.ts'
import { HOUR } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL, clientSecretOf } from '../../fakes/memory-app-credentials.ts'
import { aRefusal, OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { connectedIn, PARTNER_ORIGIN, tokensIn } from '../../support/world.ts'
import { type Answered, answered } from '../support/answered.ts'
import { ACCESS, bearer, CLIENT_SECRET, PARTNER } from '../support/api-clients.ts'
import { capturedOutput } from '../support/captured-output.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { attributes, dataOf } from '../support/markup.ts'
import { recordingOperations } from '../support/recording-operations.ts'
import {
  type AtMicrosoft,
  atMicrosoft,
  type SignInScene,
  signInScene,
} from '../support/sign-in-scene.ts'

const CODE = 'canary-code-of-the-sign-in'
const IMPORTED = 'canary-imported-token'
const ACCOUNT_CONNECTOR = 'GET /v1.0/account/connectors/{id}'

/** All functions over one world, and everything that comes out of them. */
async function everything(options: Parameters<typeof signInScene>[0] = {}) {
  const output = capturedOutput()
  const alsoLog = eventLog('test')
  const scene = await signInScene({ ...options, alsoLog })
  const { world, connection } = scene
  const operations = recordingOperations(alsoLog)
  const { log } = operations
  const deps = { ...world, readApiAccess: async () => ACCESS, operations }
  const api = apiHandler({ ...deps, readDocument: () => undefined }, log)
  const token = tokenHandler(deps, log)
  const http = {
    refresh: httpRefreshHandler(deps),
    complete: completeSignInHandler({ ...deps, log }),
  }
  const refresh = refreshHandler({ refresh: world, sweep: world, ...world, operations, http })
  const bearerTokens: string[] = []
  const eventFor = async (parts: EventParts) => {
    const authorization =
      parts.headers?.authorization ?? (await bearer(PARTNER, world.now())).authorization
    bearerTokens.push(authorization.replace('Bearer ', ''))
    const headers = { 'x-cyclr-account': connection.accountId, ...parts.headers, authorization }
    return httpEvent({ variables: { id: String(connection.id) }, ...parts, headers })
  }
  return {
    scene,
    output,
    log,
    bearerTokens,
    api: async (parts: EventParts) => answered(await api(await eventFor(parts), lambdaContext())),
    token: async (query = '') => {
      const route = `${ACCOUNT_CONNECTOR}/token`
      const response = await token(await eventFor({ route, query }), lambdaContext())
      return answered(response as HttpResponse)
    },
    postRefresh: async () => {
      const route = `${ACCOUNT_CONNECTOR.replace('GET', 'POST')}/refresh`
      const response = await refresh(await eventFor({ route }), lambdaContext())
      return answered(response as HttpResponse)
    },
    complete: async (body: unknown) => {
      const route = `${ACCOUNT_CONNECTOR.replace('GET', 'POST')}/complete`
      const response = await refresh(await eventFor({ route, body }), lambdaContext())
      return answered(response as HttpResponse)
    },
    refresh: (event: unknown) => refresh(event, lambdaContext(60_000)),
  }
}

type Everything = Awaited<ReturnType<typeof everything>>

/** What must never come out of a run, by name. */
function secretsOf({ scene, bearerTokens }: Everything, attempts: readonly AtMicrosoft[]) {
  const ofAttempts = attempts.flatMap(({ state, cookie }) => {
    const browserSecret = cookie.split('=')[1] ?? ''
    const secrets = { state, browserSecret }
    const own = { id: authorizationRequestIdOf(state), browserSecret }
    return [browserSecret, codeVerifierOf(secrets), state, nonceOf(secrets), completionIdOf(own)]
  })
  return [
    CODE,
    IMPORTED,
    scene.token,
    ...ofAttempts,
    ...scene.world.minter.tokens,
    ...bearerTokens,
    APP_CREDENTIAL.clientSecret,
    CLIENT_SECRET,
    ACCESS.signingKey.export().toString('base64url'),
    ACCESS.signingKey.export().toString('base64'),
  ].filter((secret) => secret !== '')
}

/** Both as it is and as a URL or JSON would have it. */
function expectNone(secrets: readonly string[], place: string, where: string): void {
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      expect(place.includes(form), `a secret is in ${where}`).toBe(false)
    }
  }
}

/** What an error or a redirect shows, beside a cookie. */
const shownBy = ({ headers, text }: Answered) => JSON.stringify([headers, text])

function expectNothingLogged(run: Everything, secrets: readonly string[]): void {
  const lines = [...run.scene.log.lines, ...run.log.lines]
  const recorded = lines.map(({ name, fields }) => ({ name, fields }))
  expect(lines.length).toBeGreaterThan(0)
  expect(run.output.text.split('\n').length).toBeGreaterThan(lines.length)
  expectNone(secrets, JSON.stringify(recorded), 'a log line')
  expectNone(secrets, run.output.text, 'the output')
}

describe('no secret is logged, shown by an error or put into a redirect', () => {
  test('when a sign-in works', async () => {
    const run = await everything()
    const { scene } = run
    const at = await scene.begin()
    const [connected, reloaded] = [await scene.comeBack(at), await scene.comeBack(at)]
    const served = await run.token()
    expect([connected.status, reloaded.status, served.status]).toEqual([303, 303, 200])
    const secrets = secretsOf(run, [at])
    expectNothingLogged(run, secrets)
    expectNone(secrets, shownBy(connected), 'the redirect to the partner')
    const { accessToken, refreshToken } = await tokensIn(scene.world, scene.connection.id)
    expect(served.text).toContain(accessToken)
    expectNone(
      secrets.filter((secret) => secret !== accessToken),
      served.text,
      'the answer',
    )
    expectNone([refreshToken], served.text, 'the answer')
  })

  test('by the redirect to Microsoft, which carries state, nonce and challenge alone', async () => {
    const run = await everything()
    const at = await run.scene.begin()
    const { searchParams } = at.location
    const allowed = [searchParams.get('state'), searchParams.get('nonce')]
    const secrets = secretsOf(run, [at]).filter((secret) => !allowed.includes(secret))
    expectNone(secrets, at.location.href, 'the redirect to Microsoft')
  })

  test.each<[what: string, fail: (scene: SignInScene) => void]>([
    [
      'Microsoft refuses',
      ({ world }) =>
        world.tokenEndpoint.answerNextCode({
          outcome: 'refused',
          refusal: aRefusal({ claims: CODE }),
        }),
    ],
    [
      'the answer is malformed',
      ({ world }) => world.tokenEndpoint.answerNextCode({ outcome: 'malformed', what: CODE }),
    ],
    [
      'somebody throws what was sent',
      ({ world }) =>
        world.tokenEndpoint.answerNextCode(() => {
          const [grant] = world.tokenEndpoint.codeGrants
          throw new TypeError(JSON.stringify(grant), { cause: grant })
        }),
    ],
    [
      'somebody throws what was received',
      ({ world }) =>
        world.environments.answerNextWhoAmI(() => {
          throw Object.assign(new Error(world.minter.tokens.join()), {
            tokens: world.minter.tokens,
          })
        }),
    ],
    [
      'somebody throws a text',
      ({ world }) =>
        world.environments.answerNextWhoAmI(async () => Promise.reject(world.minter.tokens.join())),
    ],
    [
      'an error of ours has it for a cause',
      ({ world }) =>
        world.tokenEndpoint.answerNextCode(() => {
          throw new ServiceError('not now', { code: 'store_unavailable', cause: new Error(CODE) })
        }),
    ],
  ])('when a sign-in fails since %s', async (_, fail) => {
    const run = await everything()
    const { scene } = run
    fail(scene)
    const at = await scene.begin()
    const shown = [await scene.comeBack(at), await scene.comeBack(at)]
    const secrets = secretsOf(run, [at])
    expectNothingLogged(run, secrets)
    for (const answer of shown) {
      expect(answer.headers).not.toHaveProperty('location')
      expectNone(secrets, shownBy(answer), 'a page')
    }
  })

  test('when the browser brings the wrong things', async () => {
    const run = await everything()
    const { scene } = run
    const at = await scene.begin()
    const { state, cookie } = at
    const shown = [
      await scene.callback({ query: { code: CODE, state } }),
      await scene.callback({ query: { code: CODE, state: `${state}x` }, cookies: [cookie] }),
      await scene.callback({
        query: `code=${CODE}&code=${CODE}&state=${state}`,
        cookies: [cookie],
      }),
      await scene.callback({
        query: { error: CODE, error_description: CODE, state },
        cookies: [cookie],
      }),
      await scene.callback({ query: { admin_consent: 'True', error: CODE, state } }),
      await scene.open({ token: `${scene.token}x` }),
      await scene.open({ targetOrigin: 'https://evil.example' }),
      await scene.openRaw(`token=${scene.token}&token=${scene.token}`),
      await scene.open({}, { path: `/${scene.token}/x` }),
    ]
    const secrets = secretsOf(run, [at])
    expectNothingLogged(run, secrets)
    for (const answer of shown) expectNone(secrets, shownBy(answer), 'a page')
  })

  test('when a refresh goes wrong, in every way that it is asked for', async () => {
    const run = await everything()
    const { scene } = run
    const { world, connection } = scene
    await scene.comeBack(await scene.begin())
    const throwWhatWasSent = () => {
      const grant = world.tokenEndpoint.refreshGrants.at(-1)
      throw new TypeError(`${grant?.refreshToken} ${clientSecretOf(grant?.appCredential)}`)
    }
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh(throwWhatWasSent)
    await run.refresh({ shard: 0, shards: 1 })
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh(throwWhatWasSent)
    const shown = [await run.postRefresh()]
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh(throwWhatWasSent)
    shown.push(await run.token())
    await run.refresh({ refresh: { connectionId: connection.id, when: `${CODE}` } })
    world.clock.advance(HOUR)
    world.tokenEndpoint.answerNextRefresh({
      outcome: 'refused',
      refusal: aRefusal({ code: 50173, claims: CODE }),
    })
    shown.push(await run.postRefresh(), await run.token())
    expect(shown.map(({ status }) => status)).toEqual([500, 500, 409, 409])
    const secrets = secretsOf(run, [])
    expectNothingLogged(run, secrets)
    for (const answer of shown) expectNone(secrets, shownBy(answer), 'an error')
  })

  test('when a sealed token does not open', async () => {
    const run = await everything()
    const { world } = run.scene
    await run.scene.comeBack(await run.scene.begin())
    world.keyrings.access.rotate()
    world.keyrings.access.drop('key-1')
    const refused = await run.token()
    expect(refused.status).toBe(500)
    const secrets = secretsOf(run, [])
    expectNothingLogged(run, secrets)
    expectNone(secrets, shownBy(refused), 'an error')
  })

  test('when the API is used wrongly', async () => {
    const run = await everything()
    await connectedIn(run.scene.world)
    const credentials = { grant_type: 'client_credentials', client_id: PARTNER.clientId }
    const basic = Buffer.from(`${PARTNER.clientId}:${CLIENT_SECRET}x`).toString('base64')
    const tokens = JSON.stringify({ AccessToken: IMPORTED, RefreshToken: IMPORTED })
    const change = ACCOUNT_CONNECTOR.replace('GET', 'PUT')
    const shown = [
      await run.api({
        route: 'POST /oauth/token',
        form: { ...credentials, client_secret: `${CLIENT_SECRET}x` },
      }),
      await run.api({ route: 'POST /oauth/token', form: { ...credentials, scope: CLIENT_SECRET } }),
      await run.api({ route: 'POST /oauth/token', body: { client_secret: CLIENT_SECRET } }),
      await run.api({
        route: 'POST /oauth/token',
        headers: { authorization: `Basic ${basic}` },
        form: credentials,
      }),
      await run.api({ route: change, body: { AuthValue: `${tokens},` } }),
      await run.api({ route: change, body: { AuthValue: { AccessToken: IMPORTED } } }),
      await run.api({ route: change, body: tokens.slice(0, -1) }),
      await run.api({ route: change, body: `"${tokens}` }),
      await run.api({ route: change, body: { Name: [IMPORTED] } }),
      await run.api({ route: change, body: tokens, headers: { 'content-type': IMPORTED } }),
      await run.api({ route: '$default', path: `/${IMPORTED}`, query: { token: IMPORTED } }),
      await run.api({ route: ACCOUNT_CONNECTOR, headers: { authorization: `Bearer ${IMPORTED}` } }),
    ]
    expect(shown.filter(({ status = 0 }) => status < 400)).toEqual([])
    const secrets = [...secretsOf(run, []), basic]
    expectNothingLogged(run, secrets)
    for (const answer of shown) expectNone(secrets, shownBy(answer), 'an error')
  })
})

describe('no imported token is logged or shown', () => {
  const change = ACCOUNT_CONNECTOR.replace('GET', 'PUT')
  const body = { AuthValue: { RefreshToken: IMPORTED, AccessToken: IMPORTED } }

  test.each<[number, string, (scene: SignInScene) => void]>([
    [200, 'it is accepted', () => undefined],
    [
      409,
      'Microsoft refuses it',
      ({ world }) =>
        world.tokenEndpoint.answerNextAdoption({
          outcome: 'refused',
          refusal: aRefusal({ code: 50173, claims: IMPORTED }),
        }),
    ],
    [
      409,
      'the answer is malformed',
      ({ world }) =>
        world.tokenEndpoint.answerNextAdoption({ outcome: 'malformed', what: IMPORTED }),
    ],
    [
      500,
      'somebody throws what was sent',
      ({ world }) =>
        world.tokenEndpoint.answerNextAdoption(() => {
          const [grant] = world.tokenEndpoint.adoptedGrants
          throw new TypeError(JSON.stringify(grant), { cause: grant })
        }),
    ],
    [
      500,
      'somebody throws what was received',
      ({ world }) =>
        world.environments.answerNextWhoAmI(() => {
          throw new Error(`${IMPORTED} ${world.minter.tokens.join()}`)
        }),
    ],
  ])('when the answer is %i, since %s', async (status, _, happen) => {
    const run = await everything()
    happen(run.scene)
    const answer = await run.api({ route: change, body })
    expect(answer.status).toBe(status)
    const { id } = run.scene.connection
    const event = { import: { connectionId: id, refreshToken: IMPORTED } }
    const outcome = await run.refresh(event)
    await run.refresh({ import: { connectionId: IMPORTED, refreshToken: IMPORTED } })
    const secrets = secretsOf(run, [])
    expectNothingLogged(run, secrets)
    expectNone(secrets, shownBy(answer), 'the answer')
    expectNone(secrets, JSON.stringify(outcome), 'the outcome')
  })
})

/** A page of a link's own, without the link's token in the unseen fields of its forms. */
function withoutOwnToken({ text, ...rest }: Answered, token: string): Answered {
  const field = `<input type="hidden" name="token" value="${token}">`
  return { ...rest, text: text.replaceAll(field, '') }
}

/** An answer without the one URL that leads to Microsoft, where state and nonce have to be. */
function withoutForward(answer: Answered): Answered {
  const { href } = atMicrosoft(answer).location
  const { refresh, ...headers } = answer.headers
  expect(refresh).toBe(`0;url=${href}`)
  return { ...answer, headers, text: answer.text.replaceAll(href.replaceAll('&', '&amp;'), '') }
}

const ENVIRONMENTS = [
  { resource: RESOURCE, name: 'Sales', region: 'EUR', purpose: 'production' },
  { resource: OTHER_RESOURCE, name: 'Sandbox', region: undefined, purpose: 'sandbox' },
] as const
const CONFIRMED = { terms: { needsConfirmation: true } }

describe('the pages of a sign-in', () => {
  const unset = { connection: { resource: undefined } }

  test('before Microsoft hold the token of their own link in their forms, and nothing else', async () => {
    const run = await everything(unset)
    const { scene } = run
    const page = await scene.open()
    const type = (address: string) => scene.send(page, { step: 'type' }, { filledIn: { address } })
    const [refused, welcome] = [await type('contoso.example'), await type(`${RESOURCE}/main.aspx`)]
    scene.world.environments.answerNextTenant({ tenantId: undefined })
    const doubt = await type(RESOURCE)
    const forward = await scene.send(page, { step: 'find' })
    const secrets = secretsOf(run, [atMicrosoft(forward)])
    for (const shown of [page, refused, welcome, doubt]) {
      expect(shown.text).toContain(scene.token)
      expectNone(secrets, shownBy(withoutOwnToken(shown, scene.token)), 'a page')
    }
    expectNone(secrets, shownBy(withoutForward(forward)), 'the page that leads on')
    expectNothingLogged(run, secrets)
  })

  test('in a frame hold the link that they open, and nothing else', async () => {
    const run = await everything()
    const { scene } = run
    const headers = { 'sec-fetch-dest': 'iframe' }
    const page = await scene.open({}, { headers })
    const link = attributes(page.text, 'href').filter((href) => href.includes(scene.token))
    expect(link).toHaveLength(1)
    const text = page.text.replace(/ href="[^"]*"/, '')
    expectNone(secretsOf(run, []), shownBy({ ...page, text }), 'a page')
  })

  test('after Microsoft hold no secret, from the list to the return to the partner', async () => {
    const run = await everything(unset)
    const { scene } = run
    const { world } = scene
    world.environmentDirectory.lists({ outcome: 'listed', environments: ENVIRONMENTS })
    const at = atMicrosoft(await scene.send(await scene.open(), { step: 'find' }))
    const sent = { cookies: [at.cookie] }
    const choose = (environment: string) =>
      scene.send(list, {}, { ...sent, filledIn: { environment } })
    const list = await scene.comeBack(at)
    world.environments.answerNextWhoAmI({ outcome: 'forbidden', code: '0x80072560' })
    const failed = await choose(RESOURCE)
    world.tokenEndpoint.answerNextRefresh(() => {
      const [grant] = world.tokenEndpoint.refreshGrants
      throw new TypeError(JSON.stringify(grant), { cause: grant })
    })
    const thrown = await choose(RESOURCE)
    const again = await scene.send(list, { account: 'other' }, sent)
    const connected = await choose(OTHER_RESOURCE)
    expect([list, failed, thrown, again, connected].map(({ status }) => status)).toEqual([
      200, 200, 500, 200, 200,
    ])
    const secrets = secretsOf(run, [at, atMicrosoft(again)])
    for (const shown of [list, failed, thrown, withoutForward(again), connected]) {
      expectNone(secrets, shownBy(shown), 'a page')
    }
    expectNothingLogged(run, secrets)
  })

  test('of a sign-in that failed hold none, and neither does another one from there', async () => {
    const run = await everything()
    const { scene } = run
    const at = await scene.begin()
    const query = { error: 'consent_required', error_description: `AADSTS65001: ${CODE}` }
    const failed = await scene.comeBack(at, query)
    const again = await scene.send(failed, {}, { cookies: [at.cookie] })
    const shown = [
      failed,
      withoutForward(again),
      await scene.send(failed, {}),
      await scene.submit(AGAIN_ROUTE, { request: at.state }, [at.cookie]),
      await scene.submit(CHOICE_ROUTE, { request: scene.token, environment: CODE }, [at.cookie]),
      await scene.submit(FORM_ROUTE, { token: scene.token, address: CODE, step: CODE }),
    ]
    await scene.world.signInTokens.spend(digestOf(scene.token), 'another')
    shown.push(await scene.send(failed, {}, { cookies: [at.cookie] }))
    const secrets = secretsOf(run, [at, atMicrosoft(again)])
    for (const answer of shown) expectNone(secrets, shownBy(answer), 'a page')
    expectNothingLogged(run, secrets)
  })
})

describe('what completes a sign-in', () => {
  test('is in the return to the partner alone, and in no log line', async () => {
    const run = await everything({ link: CONFIRMED })
    const { scene } = run
    const at = await scene.begin()
    const back = await scene.comeBack(at)
    const location = new URL(String(back.headers.location))
    const CompletionId = location.searchParams.get('completionId') ?? ''
    const secrets = secretsOf(run, [at])
    expect(secrets).toContain(CompletionId)
    location.searchParams.delete('completionId')
    const headers = { ...back.headers, location: location.href }
    expectNone(secrets, shownBy({ ...back, headers }), 'the rest of the return')
    const answers = [
      await run.complete({ CompletionId: `${CompletionId}x` }),
      await run.complete({ CompletionId: [CompletionId] }),
      await run.complete(`{"CompletionId":"${CompletionId}"`),
      await run.complete({ CompletionId }),
      await run.complete({ CompletionId }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400, 200, 200])
    for (const answer of answers) {
      expectNone(secretsOf(run, [at]), shownBy(answer), 'an answer')
    }
    expectNothingLogged(run, secretsOf(run, [at]))
    expect(JSON.stringify(scene.world.parkedSignIns.all())).not.toContain(CompletionId)
  })

  test('is in the message to the partner alone, where that waits for one', async () => {
    const run = await everything({ link: CONFIRMED })
    const { scene } = run
    const at = await scene.begin({ responseMode: 'message', targetOrigin: PARTNER_ORIGIN })
    const page = await scene.comeBack(at)
    const { message, origin } = dataOf(page.text) ?? {}
    const { completionId = '' } = message as { readonly completionId?: string }
    expect(origin).toBe(PARTNER_ORIGIN)
    expect(secretsOf(run, [at])).toContain(completionId)
    const text = page.text.replace(completionId, '')
    expectNone(secretsOf(run, [at]), shownBy({ ...page, text }), 'the rest of the page')
    expectNothingLogged(run, secretsOf(run, [at]))
  })
})
