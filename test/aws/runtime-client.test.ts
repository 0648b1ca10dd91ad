import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { authorizationRequestIdOf } from '../../functions/domain/authorization-request.ts'
import { browserCookie } from '../../functions/http/browser-cookie.ts'
import { LOCAL_API_CLIENT } from '../../infra/local/seed.ts'
import type { Container, Invocation } from '../support/lambda/container.ts'
import { streamRecord } from '../support/stream-record.ts'
import { httpEvent } from '../unit/support/http-event.ts'
import { silent, startBackends, startFunction } from './support/runtime.ts'
import { SYNTHESIZED } from './support/synthesize.ts'
import { functionsOf, type TemplateFunction } from './support/template.ts'

const backends = await startBackends()
const functions = functionsOf(SYNTHESIZED, backends.deployed)
const containers: Container[] = []

afterAll(async () => {
  await Promise.all(containers.map((container) => container.stop()))
  await backends.stop()
})

interface Probe {
  readonly event: (variables: TemplateFunction['variables']) => Promise<unknown>
  /** What the event is answered with. */
  readonly answer: unknown
  /** Another event, for a function with these variables, which asks for what only a backend knows. */
  readonly pending: (variables: TemplateFunction['variables']) => unknown
  /** The step at which it waits for that. */
  readonly waitsFor: string
}

const tokenRequest = httpEvent({
  route: 'POST /oauth/token',
  form: {
    grant_type: 'client_credentials',
    client_id: LOCAL_API_CLIENT.clientId,
    client_secret: LOCAL_API_CLIENT.clientSecret,
  },
})

/** What the stream tells of a sign-in that was completed. */
const stored = { pk: { S: 'connection#1' }, connectionId: { N: '1' }, accountId: { S: 'acme' } }
const signedIn = streamRecord({
  before: { ...stored, format: { N: '1' }, status: { S: 'pending' } },
  after: { ...stored, format: { N: '1' }, status: { S: 'connected' } },
})

const firstRotationStep = (variables: TemplateFunction['variables']) => ({
  Step: 'createSecret',
  SecretId: variables.REFRESH_TOKEN_KEYRING_SECRET_ARN,
  ClientRequestToken: '0f6a2c1e-8a55-4c1e-9d0e-6a1f2b3c4d5e',
})

const state = 'A'.repeat(43)
const browserSecret = 'B'.repeat(43)

const PROBES: Readonly<Record<string, Probe>> = {
  authorize: {
    event: async () => httpEvent({ route: 'GET /connect.js' }),
    answer: { statusCode: 200, body: expect.stringContaining('DynamicsConnect') },
    pending: () =>
      httpEvent({
        route: 'GET /connector/authorize',
        query: { id: '1', token: 'A'.repeat(43), targetOrigin: 'https://app.example.com/' },
      }),
    waitsFor: 'read sign-in-token',
  },
  callback: {
    event: async () =>
      httpEvent({ route: 'GET /connector/callback', query: { error: 'access_denied', state } }),
    answer: { statusCode: 400, headers: { 'content-type': 'text/html; charset=utf-8' } },
    pending: ({ PUBLIC_URL = '' }) => {
      const own = { id: authorizationRequestIdOf(state), browserSecret }
      const [cookie = ''] = browserCookie(PUBLIC_URL).set(own).split(';')
      const query = { code: 'code', state }
      return httpEvent({ route: 'GET /connector/callback', query, cookies: [cookie] })
    },
    waitsFor: 'read access-token-keyring',
  },
  token: {
    event: () => authorized('GET /v1.0/account/connectors/{id}/token'),
    answer: { statusCode: 404, body: expect.stringContaining('"Code":"not_found"') },
    pending: () =>
      httpEvent({
        route: 'GET /v1.0/account/connectors/{id}/token',
        variables: { id: '1' },
        headers: { authorization: 'Bearer a.b.c', 'x-cyclr-account': 'acme' },
      }),
    waitsFor: 'read api-access',
  },
  refresh: {
    event: async () => ({ shard: 0, shards: 4 }),
    answer: { outcomes: {} },
    pending: () => ({ shard: 0, shards: 4 }),
    waitsFor: 'read due connections',
  },
  api: {
    event: async () => tokenRequest,
    answer: { statusCode: 200, body: expect.stringContaining('"access_token"') },
    pending: () => tokenRequest,
    waitsFor: 'read api-access',
  },
  console: {
    event: async () => httpEvent({ route: 'GET /console/sign-in' }),
    answer: { statusCode: 200, body: expect.stringContaining('Sign in to the console') },
    pending: () => httpEvent({ route: 'GET /console/sign-in' }),
    waitsFor: 'read console-access',
  },
  events: {
    event: async () => ({ Records: [] }),
    answer: { batchItemFailures: [] },
    pending: () => ({ Records: [signedIn] }),
    // What is told has been kept before.
    waitsFor: 'UpdateItem history',
  },
  rotation: {
    event: async (variables) => firstRotationStep(variables),
    answer: null,
    pending: firstRotationStep,
    waitsFor: 'read refresh-token-keyring',
  },
}

test('every function of the template is probed here', () => {
  expect(functions.map(({ name }) => name).sort()).toEqual(Object.keys(PROBES).sort())
  expect(new Set(functions.map(({ handler }) => handler))).toEqual(new Set(['index.handler']))
})

describe.for(functions)('$name, with the variables of the template', (fn) => {
  const probe = PROBES[fn.name]

  test('starts under the runtime client and answers', async () => {
    const container = await start(fn, backends.answering)
    const invocation = await container.invoke(await probe?.event(fn.variables))
    expect(invocation, container.output()).toMatchObject({
      outcome: 'returned',
      payload: probe?.answer,
    })
  })

  test('says what it lacks when it is given none', async () => {
    const container = await start({ ...fn, variables: {} }, backends.answering)
    const { outcome, payload } = await container.invoke({})
    const { errorMessage } = payload as { readonly errorMessage: string }
    expect(outcome).toBe('failed')
    const [, lacking = ''] = /^set (.+)$/.exec(errorMessage) ?? []
    expect(lacking.split(', ').filter((name) => !(name in fn.variables))).toEqual([])
    expect(lacking).not.toBe('')
  })

  test('ends before Lambda would end it, when nothing behind it answers', async () => {
    const container = await start(fn, silent)
    const deadline = setTimeout(() => container.stop(), fn.timeoutSeconds * 1000)
    const { outcome } = await container.invoke(probe?.pending(fn.variables))
    clearTimeout(deadline)
    expect(container.steps).toContain(probe?.waitsFor)
    expect(outcome, container.output()).not.toBe('killed')
  })
})

test('a handler of three parameters, as callbacks take, would not start', async () => {
  const bundle = mkdtempSync(join(tmpdir(), 'three-parameters-'))
  writeFileSync(join(bundle, 'index.js'), 'exports.handler = async (event, context, more) => more')
  const [fn] = functions
  const container = await start({ ...(fn as TemplateFunction), bundle }, backends.answering)
  expect(await container.invoke({})).toMatchObject({
    outcome: 'failed',
    payload: { errorType: 'Runtime.CallbackHandlerDeprecated' },
  })
  rmSync(bundle, { recursive: true })
})

async function start(
  fn: TemplateFunction,
  backend: Parameters<typeof startFunction>[1],
): Promise<Container> {
  const container = await startFunction(fn, backend)
  containers.push(container)
  return container
}

/** A request with a bearer token that the deployed API function has given out. */
async function authorized(route: string): Promise<unknown> {
  const api = functions.find(({ name }) => name === 'api') as TemplateFunction
  const invocation: Invocation = await (await start(api, backends.answering)).invoke(tokenRequest)
  const { body } = invocation.payload as { readonly body: string }
  const { access_token: bearer } = JSON.parse(body)
  const headers = { authorization: `Bearer ${bearer}`, 'x-cyclr-account': 'acme' }
  return httpEvent({ route, variables: { id: '1' }, headers })
}
