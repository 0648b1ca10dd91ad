import { describe, expect, onTestFinished, test } from 'vitest'
import type { LocalPageRequest } from '../../../../infra/local/gateway.ts'
import type { HttpAnswer } from '../../../../infra/local/http-result.ts'
import { listenLocally } from '../../../../infra/local/local-server.ts'
import { createPartnerPages } from '../../../../infra/local/partner-page.ts'
import { readBody } from '../../../../infra/local/request-body.ts'
import { unescaped } from '../../support/markup.ts'

const CONNECTION = '/v1.0/account/connectors/7'
const INSTALL = '/v1.0/connectors/Microsoft%20Dynamics%20CRM%20Online/install'
const SESSION = 'acme_account=customer-1'

type Answers = Readonly<Record<string, unknown>>

interface Call {
  readonly request: string
  readonly account: string | undefined
  readonly body: string
}

/**
 * A service that answers these requests by JSON, and any other with 404 and a message.
 * @param dataverse the path below which it plays environments; the real ones are meant without.
 */
async function service(answers: Answers, dataverse: string | null = '/dataverse') {
  const calls: Call[] = []
  const server = await listenLocally(0, async (message, response) => {
    const request = `${message.method} ${message.url}`
    const body = String(await readBody(message, 10_000))
    calls.push({ request, account: message.headersDistinct['x-cyclr-account']?.[0], body })
    const answer = { 'POST /oauth/token': { access_token: 'bearer' }, ...answers }[request]
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { Message: `nothing at <${request}>` }))
  })
  onTestFinished(() => server.close())
  const url = `http://127.0.0.1:${server.port}`
  const apiClient = { clientId: 'local', clientSecret: 'local-secret' }
  const publicUrl = 'https://tunnel.example'
  const pages = createPartnerPages({
    url,
    publicUrl,
    dataverseBaseUrl: dataverse === null ? undefined : `${url}${dataverse}`,
    apiClient,
  })
  const visit = async (request: string, parts: Partial<LocalPageRequest> = {}) => {
    const [method = '', path = ''] = request.split(' ')
    const empty = new URLSearchParams()
    return pages({ method, path, query: empty, form: empty, cookie: '', ...parts })
  }
  return { calls, url, visit }
}

function textOf(answer: HttpAnswer | undefined): string {
  return answer?.body.toString() ?? ''
}

const form = new URLSearchParams({ account: 'customer-1', resource: 'https://x.crm.dynamics.com' })

describe("the partner's pages", () => {
  test('begin with a form for an account and an environment', async () => {
    const { visit } = await service({})
    const answer = await visit('GET /')
    expect(answer).toMatchObject({ status: 200 })
    expect(textOf(answer)).toContain('<form method="post" action="/connect">')
    expect(textOf(answer)).toContain('value="acme-customer-1"')
    expect(textOf(answer)).toContain('value="https://example.crm.dynamics.com"')
  })

  test('leave every other path to the service', async () => {
    const { visit } = await service({})
    expect(await visit('POST /')).toBeUndefined()
    expect(await visit('GET /connect')).toBeUndefined()
    expect(await visit('GET /v1.0/connectors')).toBeUndefined()
  })

  test('make the connection, get a sign-in token and send the browser to the service', async () => {
    const { calls, url, visit } = await service({
      'GET /v1.0/account/connectors': [],
      [`POST ${INSTALL}`]: { Id: 7 },
      'POST /v1.0/accounts/customer-1/signintoken': { Token: 'a+b' },
    })
    const answer = await visit('POST /connect', { form })
    const target = encodeURIComponent(`${url}/`)
    expect(answer).toMatchObject({
      status: 303,
      headers: {
        location: `https://tunnel.example/connectorauth/updateaccountconnectoroauth?id=7&token=a%2Bb&targetOrigin=${target}`,
      },
      cookies: ['acme_account=customer-1; Path=/; HttpOnly; SameSite=Lax'],
    })
    const install = calls.find(({ request }) => request === `POST ${INSTALL}`)
    expect(install?.account).toBe('customer-1')
    expect(JSON.parse(install?.body ?? '')).toMatchObject({
      Properties: [{ Name: 'Resource', Value: 'https://x.crm.dynamics.com' }],
    })
  })

  test('connect again the connection that the account has for the environment', async () => {
    const { calls, visit } = await service({
      'GET /v1.0/account/connectors': [{ Id: 9, Name: 'Dynamics 365 at x.crm.dynamics.com' }],
      'POST /v1.0/accounts/customer-1/signintoken': { Token: 't' },
    })
    const answer = await visit('POST /connect', { form })
    expect(answer?.headers.location).toContain('id=9&token=t&')
    expect(calls.map(({ request }) => request)).not.toContain(`POST ${INSTALL}`)
  })

  test('make a connection without an environment when no address is given', async () => {
    const { calls, visit } = await service({
      [`POST ${INSTALL}`]: { Id: 8 },
      'POST /v1.0/accounts/customer-1/signintoken': { Token: 't' },
    })
    const without = new URLSearchParams({ account: 'customer-1', resource: '' })
    const answer = await visit('POST /connect', { form: without })
    expect(answer?.headers.location).toContain('id=8&token=t&')
    const install = calls.find(({ request }) => request === `POST ${INSTALL}`)
    expect(JSON.parse(install?.body ?? '')).toEqual({})
  })

  test('say why the service refused, without running what it said', async () => {
    const { visit } = await service({ 'GET /v1.0/account/connectors': [] })
    const answer = await visit('POST /connect', { form })
    expect(answer?.status).toBe(400)
    expect(textOf(answer)).toContain(`404 nothing at &lt;POST ${INSTALL}&gt;`)
  })

  test('show the state of the connection that the browser came back with', async () => {
    const { visit } = await service({
      [`GET ${CONNECTION}`]: {
        Id: 7,
        Name: '<Mine>',
        Status: 'connected',
        Environment: { Url: 'https://x.crm.dynamics.com' },
        User: { Username: 'ana@contoso.example' },
      },
    })
    const query = new URLSearchParams({ connectionId: '7', status: 'connected' })
    const page = textOf(await visit('GET /', { query, cookie: SESSION }))
    expect(page).toContain('<td>&lt;Mine&gt;</td>')
    expect(page).toContain('<td>ana@contoso.example</td>')
    expect(page).toContain(`${CONNECTION}/token`)
    expect(page).toContain('&quot;Value&quot;:&quot;https://x.crm.dynamics.com&quot;')
  })

  const connected = { Id: 7, Environment: { Url: 'https://x.crm.dynamics.com' } }
  const inBrowser = { query: new URLSearchParams({ connectionId: '7' }), cookie: SESSION }

  test('tell what a program of the developer has to know, once there is an environment', async () => {
    const { visit, url } = await service({ [`GET ${CONNECTION}`]: connected })
    const page = unescaped(textOf(await visit('GET /', inBrowser)))
    expect(page).toContain(`export DYNAMICS_CONNECT_URL='${url}'
export DYNAMICS_CONNECT_CLIENT_ID='local'
export DYNAMICS_CONNECT_CLIENT_SECRET='local-secret'
export DYNAMICS_CONNECT_ACCOUNT='customer-1'
export DYNAMICS_CONNECT_CONNECTION='7'
export DATAVERSE_URL='${url}/dataverse/x.crm.dynamics.com'
`)
  })

  test('tell no program what to know while nobody has signed in', async () => {
    const { visit } = await service({ [`GET ${CONNECTION}`]: { Id: 7 } })
    expect(textOf(await visit('GET /', inBrowser))).not.toContain('export ')
  })

  test('name no other address of the environment when Microsoft is the real one', async () => {
    const { visit } = await service({ [`GET ${CONNECTION}`]: connected }, null)
    const page = textOf(await visit('GET /', inBrowser))
    expect(page).toContain('DYNAMICS_CONNECT_CONNECTION')
    expect(page).not.toContain('DATAVERSE_URL')
  })

  test('show that a token came and works, and only its first characters', async () => {
    const accessToken = 'eyJhbGciOiJSUzI1NiJ9.secret'
    const { visit } = await service({
      [`GET ${CONNECTION}`]: { Id: 7, Status: 'connected' },
      [`GET ${CONNECTION}/token`]: {
        AccessToken: accessToken,
        ExpiresAtUtc: '2026-01-01T00:00:00.0000000Z',
        Resource: 'https://x.crm.dynamics.com',
      },
      'GET /dataverse/x.crm.dynamics.com/api/data/v9.2/WhoAmI': { UserId: 'u-1' },
    })
    const connectionId = new URLSearchParams({ connectionId: '7' })
    const page = textOf(await visit('POST /token', { form: connectionId, cookie: SESSION }))
    expect(page).toContain('<code>eyJhbGciOiJS…</code>')
    expect(page).toContain('2026-01-01T00:00:00.0000000Z')
    expect(page).toContain('200 {&quot;UserId&quot;:&quot;u-1&quot;}')
    expect(page).not.toContain('secret</code>')
    expect(page).not.toContain(accessToken)
  })

  test('quote an account for the shell, whatever its name is', async () => {
    const { visit } = await service({ [`GET ${CONNECTION}`]: { Id: 7 } })
    const cookie = `acme_account=${encodeURIComponent("it's; rm -rf")}`
    const query = new URLSearchParams({ connectionId: '7' })
    const page = textOf(await visit('GET /', { query, cookie }))
    expect(page).toContain('&#39;X-Cyclr-Account: it&#39;\\&#39;&#39;s; rm -rf&#39;')
  })
})
