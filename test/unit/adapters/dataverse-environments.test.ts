import { describe, expect, test } from 'vitest'
import { dataverseEnvironments } from '../../../functions/adapters/dataverse-environments.ts'
import type { Resource } from '../../../functions/domain/resource.ts'
import { ENVIRONMENT } from '../../fakes/scripted-environments.ts'
import { aResource, RESOURCE, TENANT } from '../../support/builders.ts'
import { type Answer, type Answerer, send, tinyServer } from '../support/tiny-server.ts'

const { signal } = new AbortController()
const ACCESS_TOKEN = 'canary-access-token'
const WHO_AM_I = {
  '@odata.context': `${RESOURCE}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
  BusinessUnitId: ENVIRONMENT.businessUnitId,
  UserId: ENVIRONMENT.userId,
  OrganizationId: ENVIRONMENT.organizationId,
}

async function environments(answer: Answer | Answerer) {
  const answerer: Answerer =
    typeof answer === 'function' ? answer : (_, response) => send(response, answer)
  const server = await tinyServer(answerer)
  return { server, ...dataverseEnvironments({ dataverseBaseUrl: server.url }) }
}

async function tenantFor(challenge: string, resource: Resource = RESOURCE) {
  const headers = { 'www-authenticate': challenge }
  const { findTenant } = await environments({ status: 401, headers })
  return findTenant(resource, signal)
}

async function proof(answer: Answer | Answerer, abort = signal) {
  const { whoAmI } = await environments(answer)
  return whoAmI(RESOURCE, ACCESS_TOKEN, abort)
}

const login = (host: string, tenant = TENANT) => `https://${host}/${tenant}/oauth2/authorize`
const COMMERCIAL = login('login.microsoftonline.com')

describe('the tenant of an environment', () => {
  test.each([
    ['unquoted', `Bearer authorization_uri=${COMMERCIAL}, resource_id=${RESOURCE}/`],
    ['quoted', `Bearer authorization_uri="${COMMERCIAL}", resource_id="${RESOURCE}/"`],
    ['the other way round', `Bearer resource_id=${RESOURCE}/, authorization_uri=${COMMERCIAL}`],
    ['in upper case', `Bearer AUTHORIZATION_URI=${COMMERCIAL.toUpperCase()}`],
    ['one of several', `Negotiate, Bearer authorization_uri=${COMMERCIAL}`],
  ])('is read from a challenge that is %s', async (_, challenge) => {
    expect(await tenantFor(challenge)).toBe(TENANT)
  })

  test.each([
    ['https://contoso.crm9.dynamics.com', 'login.microsoftonline.com'],
    ['https://contoso.crm.microsoftdynamics.us', 'login.microsoftonline.us'],
    ['https://contoso.crm.appsplatform.us', 'login.microsoftonline.us'],
    ['https://contoso.crm.dynamics.cn', 'login.partner.microsoftonline.cn'],
  ])('of %s is the one at %s', async (resource, host) => {
    const challenge = `Bearer authorization_uri=${login(host)}`
    expect(await tenantFor(challenge, aResource(resource))).toBe(TENANT)
  })

  test.each([
    ['is at a foreign host', login('login.evil.example')],
    ['is at a look-alike', login('login.microsoftonline.com.evil.example')],
    ['is at a host with a user', `https://login.microsoftonline.com@evil.example/${TENANT}/x`],
    ['is at the host of another cloud', login('login.microsoftonline.us')],
    ['is at a port', login('login.microsoftonline.com:8443')],
    ['is over plain HTTP', COMMERCIAL.replace('https', 'http')],
    ['is no GUID', login('login.microsoftonline.com', 'organizations')],
    ['only looks like a GUID', login('login.microsoftonline.com', '-'.repeat(36))],
    ['is a longer GUID', login('login.microsoftonline.com', `${TENANT}0`)],
    ['is not there', ''],
  ])('is unknown when what the challenge names %s', async (_, uri) => {
    expect(await tenantFor(`Bearer authorization_uri=${uri}`)).toBeUndefined()
  })

  test('is unknown when there is no challenge', async () => {
    const { findTenant } = await environments({ status: 401 })
    expect(await findTenant(RESOURCE, signal)).toBeUndefined()
  })

  test.each([200, 302, 403, 404, 429, 500, 503])(
    'is unknown when the environment answers %i, whatever it says',
    async (status) => {
      const headers = {
        'www-authenticate': `Bearer authorization_uri=${COMMERCIAL}`,
        location: `${COMMERCIAL}/`,
      }
      const { findTenant, server } = await environments({ status, headers, body: '<html>' })
      expect(await findTenant(RESOURCE, signal)).toBeUndefined()
      expect(server.received.length).toBe(1)
    },
  )

  test('is unknown when the environment hangs for longer than the caller can wait', async () => {
    const caller = new AbortController()
    const { findTenant } = await environments(() => caller.abort())
    expect(await findTenant(RESOURCE, caller.signal)).toBeUndefined()
  })

  test('is unknown when the environment resets the connection', async () => {
    const { findTenant } = await environments((_, response) => response.socket?.resetAndDestroy())
    expect(await findTenant(RESOURCE, signal)).toBeUndefined()
  })

  test('is asked for at the environment itself, without a token', async () => {
    const { findTenant, server } = await environments({ status: 401 })
    await findTenant(RESOURCE, signal)
    const [request] = server.received
    expect(request).toMatchObject({
      method: 'GET',
      path: '/contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI',
    })
    expect(request?.headers).not.toHaveProperty('authorization')
  })
})

describe('the proof of an access token', () => {
  test('is what WhoAmI answers', async () => {
    expect(await proof({ body: WHO_AM_I })).toEqual({
      outcome: 'proven',
      environment: ENVIRONMENT,
    })
  })

  test('is asked for with the token in a header and nowhere else', async () => {
    const { whoAmI, server } = await environments({ body: WHO_AM_I })
    await whoAmI(RESOURCE, ACCESS_TOKEN, signal)
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        path: '/contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI',
        headers: {
          authorization: `Bearer ${ACCESS_TOKEN}`,
          accept: 'application/json',
          'odata-version': '4.0',
          'odata-maxversion': '4.0',
        },
        body: '',
      },
    ])
  })

  test.each([
    ['a code', { error: { code: '0x80072560', message: 'canary' } }, '0x80072560'],
    ['a code in capitals', { error: { code: '0x80040220' } }, '0x80040220'],
    ['no code', { error: { message: 'canary' } }, undefined],
    ['a code that is none', { error: { code: '<script>' } }, undefined],
    ['a code that is a number', { error: { code: 2_147_951_968 } }, undefined],
    ['an error that is a text', { error: 'canary' }, undefined],
    ['no error', {}, undefined],
    ['a list', [], undefined],
    ['HTML', '<html>403 canary</html>', undefined],
    ['nothing', '', undefined],
  ])('is forbidden by a 403 with %s', async (_, body, code) => {
    expect(await proof({ status: 403, body })).toEqual({ outcome: 'forbidden', code })
  })

  test.each(['', '<html>', { error: { code: '0x80072560' } }])(
    'is rejected by a 401, whatever it says: %j',
    async (body) => {
      expect(await proof({ status: 401, body })).toEqual({ outcome: 'rejected' })
    },
  )

  test.each<[what: string, answer: Answer]>([
    ['429', { status: 429, headers: { 'retry-after': '30' } }],
    ['302', { status: 302, headers: { location: '/elsewhere' }, body: WHO_AM_I }],
    ['404', { status: 404, body: WHO_AM_I }],
    ['500', { status: 500, body: WHO_AM_I }],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }],
    ['nothing', {}],
    ['null', { body: 'null' }],
    ['a list', { body: [WHO_AM_I] }],
    ['a user missing', { body: { ...WHO_AM_I, UserId: undefined } }],
    ['an organization missing', { body: { ...WHO_AM_I, OrganizationId: '' } }],
    ['a business unit that is a number', { body: { ...WHO_AM_I, BusinessUnitId: 7 } }],
    ['more than anybody reads', { body: { ...WHO_AM_I, padding: 'x'.repeat(300 * 1024) } }],
  ])('is not to be had when the answer is %s', async (_, answer) => {
    expect(await proof(answer)).toEqual({ outcome: 'unavailable' })
  })

  test('is not to be had when the answer breaks off', async () => {
    const outcome = await proof((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"UserId":', () => response.destroy())
    })
    expect(outcome).toEqual({ outcome: 'unavailable' })
  })

  test('is not to be had when the environment hangs for longer than the caller can wait', async () => {
    const caller = new AbortController()
    expect(await proof(() => caller.abort(), caller.signal)).toEqual({ outcome: 'unavailable' })
  })
})
