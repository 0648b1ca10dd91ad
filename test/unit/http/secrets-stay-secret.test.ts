import { describe, expect, test } from 'vitest'
import { apiHandler } from '../../../functions/api/handler.ts'
import { codeVerifierOf, nonceOf } from '../../../functions/domain/authorization-request.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import type { HttpResponse } from '../../../functions/http/responses.ts'
import { eventLog } from '../../../functions/logger.ts'
import { completeSignInHandler } from '../../../functions/refresh/complete-sign-in.ts'
import { refreshHandler } from '../../../functions/refresh/handler.ts'
import { httpRefreshHandler } from '../../../functions/refresh/http-refresh.ts'
import { tokenHandler } from '../../../functions/token/handler.ts'
import { HOUR } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import { aRefusal } from '../../support/builders.ts'
import { connectedIn, tokensIn } from '../../support/world.ts'
import { type Answered, answered } from '../support/answered.ts'
import { ACCESS, bearer, CLIENT_SECRET, PARTNER } from '../support/api-clients.ts'
import { capturedOutput } from '../support/captured-output.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingOperations } from '../support/recording-operations.ts'
import { type AtMicrosoft, type SignInScene, signInScene } from '../support/sign-in-scene.ts'

const CODE = 'canary-code-of-the-sign-in'
const IMPORTED = 'canary-imported-token'
const ACCOUNT_CONNECTOR = 'GET /v1.0/account/connectors/{id}'

/** All functions over one world, and everything that comes out of them. */
async function everything() {
  const output = capturedOutput()
  const alsoLog = eventLog('test')
  const scene = await signInScene({ alsoLog })
  const { world, connection } = scene
  const operations = recordingOperations(alsoLog)
  const { log } = operations
  const deps = { ...world, readApiAccess: async () => ACCESS, operations }
  const api = apiHandler(deps, log)
  const token = tokenHandler(deps, log)
  const http = {
    refresh: httpRefreshHandler(deps),
    complete: completeSignInHandler({ ...deps, log }),
  }
  const refresh = refreshHandler({ refresh: world, sweep: world, operations, http })
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
      return answered(await token(await eventFor({ route, query }), lambdaContext()))
    },
    postRefresh: async () => {
      const route = `${ACCOUNT_CONNECTOR.replace('GET', 'POST')}/refresh`
      const response = await refresh(await eventFor({ route }), lambdaContext())
      return answered(response as HttpResponse)
    },
    refresh: (event: unknown) => refresh(event, lambdaContext(60_000)),
  }
}

type Everything = Awaited<ReturnType<typeof everything>>

/** What must never come out of a run, by name. */
function secretsOf({ scene, bearerTokens }: Everything, attempts: readonly AtMicrosoft[]) {
  const ofAttempts = attempts.flatMap(({ state, cookie }) => {
    const secrets = { state, browserSecret: cookie.split('=')[1] ?? '' }
    return [secrets.browserSecret, codeVerifierOf(secrets), state, nonceOf(secrets)]
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
    Buffer.from(ACCESS.signingKey).toString('base64url'),
    Buffer.from(ACCESS.signingKey).toString('base64'),
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
      throw new TypeError(`${grant?.refreshToken} ${grant?.appCredential.clientSecret}`)
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
      await run.api({ route: change, body: { AuthValue: tokens } }),
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
