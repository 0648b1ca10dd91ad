import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { USERS, type User } from '../../infra/local/microsoft/directory.ts'
import { type ApiDescription, answersOf, problemsOfDocument } from '../support/api-description.ts'
import { createBrowser, signIn, type Visit } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { field, LOCAL_CLIENT } from './support/partner.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const ACCOUNT = 'acme'

let service: RunningService
let description: ApiDescription

beforeAll(async () => {
  service = await startLocalService()
  description = (await (await fetch(`${service.url}/openapi.json`)).json()) as ApiDescription
})
afterAll(async () => {
  await service.stop()
})

interface Call {
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
}

/** Whoever walks through the service, with every answer held against the description. */
function walker() {
  const answers = answersOf(description)
  const problems: string[] = []
  const bearer: { token?: string } = {}
  const send = async (route: string, call: Call = {}) => {
    const [method = 'GET', path = ''] = route.split(' ')
    const headers = {
      'x-cyclr-account': ACCOUNT,
      ...(bearer.token === undefined ? {} : { authorization: `Bearer ${bearer.token}` }),
      ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    }
    const content = call.form ? new URLSearchParams(call.form) : JSON.stringify(call.json)
    const body = content === undefined ? {} : { body: content }
    const url = `${service.url}${path}`
    const response = await fetch(url, { method, headers, ...body, redirect: 'manual' })
    const { status } = response
    const text = await response.text()
    problems.push(
      ...answers.problemsOf({ method, url, status, headers: response.headers, body: text }),
    )
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status, headers: response.headers, json: isJson ? JSON.parse(text) : undefined }
  }
  const saw = ({ url, status, headers, body }: Visit, method = 'GET') => {
    problems.push(...answers.problemsOf({ method, url, status, headers, body }))
  }
  const signUp = async () => {
    const { clientId, clientSecret } = LOCAL_CLIENT
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }
    bearer.token = (await send('POST /oauth/token', { form })).json.access_token
  }
  const install = async (): Promise<string> =>
    `/v1.0/account/connectors/${(await send('POST /v1.0/connectors/1/install', { json: {} })).json.Id}`
  return { send, saw, signUp, install, problems, seen: answers.seen }
}

type Walker = ReturnType<typeof walker>

/** As another service of the same app holds it. */
async function refreshTokenOf({ username }: User): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify({ username }) }
  const answer = await fetch(`${service.microsoftUrl}/admin/refresh-tokens`, init)
  return field(await answer.json(), 'refresh_token')
}

async function linkTo({ send }: Walker, connector: string, terms: object = {}): Promise<string> {
  const json = { Username: 'erika', ...terms }
  const { Token } = (await send(`POST /v1.0/accounts/${ACCOUNT}/signintoken`, { json })).json
  const query = new URLSearchParams({
    id: connector.split('/').at(-1) ?? '',
    token: Token,
    targetOrigin: `${service.url}/`,
  })
  return `/connectorauth/updateaccountconnectoroauth?${query}`
}

describe('what the service answers is what it describes', () => {
  test('the description itself is OpenAPI 3.1', () => {
    expect(problemsOfDocument(description)).toEqual([])
  })

  test('from the bearer token to the end of a connection', async () => {
    const walk = walker()
    const { send, saw } = walk
    await walk.signUp()
    await send('GET /v1.0/connectors')
    await send('GET /v1.0/connectors/1')
    await send('GET /v1.0/connectors/Microsoft%20Dynamics%20CRM%20Online')
    const connector = await walk.install()
    await send(`GET ${connector}/properties`)
    const property = { Name: 'Resource', Value: RESOURCE }
    await send(`POST ${connector}/properties`, { json: property })
    await send(`GET ${connector}/properties`)
    await send(`GET ${connector}/properties/1`)
    await send(`PUT ${connector}/properties/1`, { json: { Value: RESOURCE } })
    await send(`PUT ${connector}`, { json: { Name: 'Sales', Description: 'EMEA' } })

    const browser = createBrowser()
    const link = await linkTo(walk, connector)
    const toMicrosoft = await browser.open(`${service.url}${link}`)
    expect(toMicrosoft.status).toBe(303)
    saw(toMicrosoft)
    saw(await signIn(browser, `${service.url}${link}`, USERS.contosoMember.username))

    expect((await send(`GET ${connector}`)).json).toMatchObject({ Status: 'connected' })
    await send(`GET ${connector}/token`)
    expect((await send(`POST ${connector}/refresh`)).json.Outcome).toBe('refreshed')
    await send('GET /v1.0/account/connectors?page=1&pageSize=5&sortOrderAsc=false')
    await send('GET /v1.0/accounts/connectors?pageSize=1')
    await send(`PUT ${connector}/deauthenticate`)
    await send(`DELETE ${connector}/properties/1`)
    await send(`DELETE ${connector}`)
    expect(walk.problems).toEqual([])
    expect([...walk.seen]).toEqual(
      expect.arrayContaining(['getAccessToken 200', 'returnFromMicrosoft 303']),
    )
  })

  test('a sign-in that the partner confirms', async () => {
    const walk = walker()
    const { send } = walk
    await walk.signUp()
    const connector = await walk.install()
    await send(`POST ${connector}/properties`, { json: { Name: 'Resource', Value: RESOURCE } })
    const link = await linkTo(walk, connector, { ConfirmationRequired: true })
    const end = await signIn(createBrowser(), `${service.url}${link}`, USERS.contosoMember.username)
    const CompletionId = new URL(end.location ?? '').searchParams.get('completionId')
    await send(`POST ${connector}/complete`, { json: { CompletionId } })
    await send(`POST ${connector}/complete`, { json: { CompletionId: 'another' } })
    expect(walk.problems).toEqual([])
    expect([...walk.seen]).toEqual(
      expect.arrayContaining(['completeSignIn 200', 'completeSignIn 404']),
    )
  })

  test('tokens that are brought along', async () => {
    const walk = walker()
    const { send } = walk
    await walk.signUp()
    const connector = await walk.install()
    await send(`POST ${connector}/properties`, { json: { Name: 'Resource', Value: RESOURCE } })
    await send(`PUT ${connector}`, { json: { AuthValue: { RefreshToken: 'unknown' } } })
    const RefreshToken = await refreshTokenOf(USERS.contosoMember)
    const moved = await send(`PUT ${connector}`, { json: { AuthValue: { RefreshToken } } })
    expect(moved.json).toMatchObject({ Status: 'connected' })
    expect(walk.problems).toEqual([])
    expect([...walk.seen]).toEqual(
      expect.arrayContaining(['changeAccountConnector 200', 'changeAccountConnector 409']),
    )
  })

  test('what it refuses', async () => {
    const walk = walker()
    const { send } = walk
    await send('POST /oauth/token', { form: { grant_type: 'password' } })
    await send('POST /oauth/token', { form: { grant_type: 'client_credentials' } })
    await send('POST /oauth/token', { json: {} })
    await send('GET /v1.0/account/connectors')
    await walk.signUp()
    const connector = await walk.install()
    await send('GET /v1.0/account/connectors', { headers: { 'x-cyclr-account': ' é' } })
    await send('GET /v1.0/account/connectors?page=x')
    await send('GET /v1.0/accounts/connectors?after=x')
    await send(`PUT ${connector}`, { json: { Name: '' } })
    await send(`PUT ${connector}`, { form: { Name: 'x' } })
    await send(`PUT ${connector}`, { json: { Description: 'x'.repeat(70_000) } })
    await send(`POST ${connector}/properties`, { json: { Name: 'resource', Value: 'x' } })
    await send(`POST ${connector}/properties`, { json: { Name: 'Resource', Value: 'x' } })
    await send(`GET ${connector}/properties/1`)
    await send(`GET ${connector}/token`)
    await send(`POST ${connector}/refresh`)
    await send('GET /v1.0/account/connectors/1')
    await send('GET /v1.0/connectors/2')
    expect(walk.problems).toEqual([])
    const statuses = new Set([...walk.seen].map((seen) => seen.split(' ')[1]))
    expect([...statuses].sort()).toEqual(['200', '400', '401', '404', '409', '413', '415'])
  })

  test('what browsers get beside a sign-in', async () => {
    const walk = walker()
    const { send } = walk
    for (const path of ['/connect.js', '/openapi.json']) {
      const { headers } = await send(`GET ${path}`)
      await send(`GET ${path}`, { headers: { 'if-none-match': headers.get('etag') ?? '' } })
    }
    await send('GET /help/aadsts/65001')
    await send('GET /help/aadsts/what')
    await send('GET /console')
    await send('GET /connector/authorize')
    await send('GET /connector/callback?state=x&code=y')
    await send('POST /connector/authorize', { form: { step: 'go_on' } })
    await send('POST /connector/authorize', { json: {} })
    await send('POST /connector/again', { form: { request: 'x' } })
    await send('POST /connector/environment', { form: { request: 'x' } })
    const page = await (await fetch(`${service.url}/docs`)).text()
    const files = [...page.matchAll(/"(\/docs\/[^"]+)"/g)].map(([, path]) => path)
    expect(files.length).toBeGreaterThan(3)
    for (const path of ['/docs', ...files]) await send(`GET ${path}`)
    await send('GET /docs/aaaaaaaaaaaa/swagger-ui.css')
    expect(walk.problems).toEqual([])
    expect([...walk.seen]).toEqual(
      expect.arrayContaining(['readDescription 304', 'loadDocumentationFile 200']),
    )
  })

  test('an answer that is not as it is described is found', async () => {
    const { problemsOf } = answersOf(description)
    const headers = new Headers({ 'content-type': 'application/json' })
    const answer = { method: 'GET', url: `${service.url}/v1.0/account/connectors/7`, headers }
    const Property = { Name: 'x', Value: 'x', Id: 1, AccountConnectorId: 7 }
    expect(problemsOf({ ...answer, status: 418, body: '{}' })).not.toEqual([])
    expect(problemsOf({ ...answer, status: 200, body: JSON.stringify(Property) })).not.toEqual([])
    const properties = { ...answer, url: `${answer.url}/properties/1`, status: 200 }
    expect(problemsOf({ ...properties, body: JSON.stringify(Property) })).toEqual([])
    const more = JSON.stringify({ ...Property, More: true })
    expect(problemsOf({ ...properties, body: more })).not.toEqual([])
    expect(problemsOf({ ...properties, url: `${answer.url}/nowhere`, body: '{}' })).not.toEqual([])
  })
})

describe('a method that a path does not have', () => {
  test.each([
    ['DELETE /oauth/token', 'POST'],
    ['GET /oauth/token', 'POST'],
    ['PATCH /v1.0/account/connectors/7', 'DELETE, GET, PUT'],
    ['HEAD /openapi.json', 'GET'],
    ['GET /connector/again', 'POST'],
  ])('%s is answered with those that it has: %s', async (route, allow) => {
    const [method = '', path] = route.split(' ')
    const { status, headers } = await fetch(`${service.url}${path}`, { method })
    expect([status, headers.get('allow')]).toEqual([405, allow])
  })
})
