import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import type { TokenEndpointFailure } from '../../../functions/domain/token-endpoint.ts'
import { utc } from '../../../functions/http/account-connector.ts'
import { at, MINUTE } from '../../fakes/hand-clock.ts'
import { aRefusal, OTHER_TENANT, RESOURCE, TENANT } from '../../support/builders.ts'
import { storedIn } from '../../support/world.ts'
import { type ApiScene, apiScene, refusal } from './support.ts'

const CHANGE = 'PUT /v1.0/account/connectors/{id}'
const REFRESH_TOKEN = 'canary-refresh-token-of-another-service'
const AUTH_VALUE = JSON.stringify({ AccessToken: 'canary', RefreshToken: REFRESH_TOKEN })

/** An account connector with its environment, and what sends its AuthValue. */
async function installed(scene: ApiScene = apiScene(), resource: string | undefined = RESOURCE) {
  const Properties = resource ? [{ Name: 'Resource', Value: resource }] : []
  const { Id } = await scene.install({ Name: 'Sales', Description: 'EMEA', Properties })
  const variables = { id: String(Id) }
  const put = (body: unknown = { AuthValue: AUTH_VALUE }) => scene.call(CHANGE, { variables, body })
  return { ...scene, id: Number(Id), put, before: await storedIn(scene.world, Number(Id)) }
}

describe('AuthValue', () => {
  test.each([
    ['a text', AUTH_VALUE],
    ['an object', { RefreshToken: REFRESH_TOKEN }],
  ])(
    'as %s connects the connector without a sign-in, and is never read back',
    async (_, AuthValue) => {
      const { put, world } = await installed()
      const { status, body, text } = await put({ AuthValue })
      expect([status, body]).toMatchObject([
        200,
        {
          Name: 'Sales',
          Description: 'EMEA',
          AuthValue: null,
          Authenticated: true,
          Status: 'connected',
          Environment: { Url: RESOURCE, TenantId: TENANT },
          User: { Username: 'ada@contoso.example' },
          ConnectedAtUtc: utc(world.now()),
        },
      ])
      expect(world.tokenEndpoint.adoptedGrants).toMatchObject([{ refreshToken: REFRESH_TOKEN }])
      for (const token of [REFRESH_TOKEN, ...world.minter.tokens]) expect(text).not.toContain(token)
    },
  )

  test('may come with a name and a description', async () => {
    const { put } = await installed()
    const Description = null
    const { status, body } = await put({ AuthValue: AUTH_VALUE, Name: 'Service', Description })
    const labels = { Name: 'Service', Description }
    expect([status, body]).toMatchObject([200, { ...labels, Status: 'connected' }])
  })

  test('that is refused changes no name either', async () => {
    const { put, world, id, before } = await installed()
    world.tokenEndpoint.answerNextAdoption({ outcome: 'refused', refusal: aRefusal() })
    const refused = await put({ AuthValue: AUTH_VALUE, Name: 'Service' })
    expect(refused.status).toBe(409)
    expect(await storedIn(world, id)).toEqual(before)
  })

  test('beside a name that cannot be one is not tried', async () => {
    const { put, world } = await installed()
    const refused = await put({ AuthValue: AUTH_VALUE, Name: ' ' })
    expect(refused).toMatchObject({ status: 400, body: refusal('request_invalid') })
    expect(world.tokenEndpoint.adoptedGrants).toEqual([])
  })

  test('waits for the environment to be named', async () => {
    const { put, world, id, before } = await installed(apiScene(), '')
    expect(await put()).toMatchObject({
      status: 400,
      body: refusal('request_invalid', 'Set the property Resource first, then send AuthValue.'),
    })
    expect(await storedIn(world, id)).toEqual(before)
  })

  test('is not taken at install, which says where it is', async () => {
    const { call, world } = apiScene()
    const variables = { connector: '1' }
    const refused = await call('POST /v1.0/connectors/{connector}/install', {
      variables,
      body: { AuthValue: AUTH_VALUE },
    })
    expect(refused).toMatchObject({
      status: 400,
      body: refusal('request_invalid', expect.stringContaining('send it by PUT')),
    })
    expect(refused.text).not.toContain('canary')
    expect(world.all()).toEqual([])
  })

  test('of another account is as unknown as the connector', async () => {
    const { call, world, id } = await installed()
    const refused = await call(CHANGE, {
      variables: { id: String(id) },
      headers: { 'x-cyclr-account': 'another' },
      body: { AuthValue: AUTH_VALUE },
    })
    expect(refused).toMatchObject({ status: 404, body: refusal('not_found') })
    expect(world.tokenEndpoint.adoptedGrants).toEqual([])
  })
})

describe('a refresh token that is not imported leaves the connector as it was', () => {
  test('says who must act, and how', async () => {
    const { put, world, id, before } = await installed()
    const answer = { outcome: 'refused', refusal: aRefusal({ code: 50173 }) } as const
    world.tokenEndpoint.answerNextAdoption(answer)
    const refused = await put()
    expect(refused).toMatchObject({
      status: 409,
      body: {
        ...refusal('import_refused', expect.stringContaining('(AADSTS50173, user)')),
        Reason: {
          Code: 'AADSTS50173',
          Who: 'user',
          Message: expect.any(String),
          At: utc(world.now()),
        },
      },
    })
    expect(refused.text).not.toContain('canary')
    expect(await storedIn(world, id)).toEqual(before)
  })

  test("when it is another organization's", async () => {
    const { put, world, id, before } = await installed()
    world.signsIn({ tenantId: OTHER_TENANT })
    const Reason = { Code: 'wrong_tenant' }
    expect(await put()).toMatchObject({ status: 409, body: { Code: 'import_refused', Reason } })
    expect(await storedIn(world, id)).toEqual(before)
  })

  test.each<[code: string, seconds: string, answer: TokenEndpointFailure]>([
    [
      'temporarily_unavailable',
      '300',
      { outcome: 'unavailable', status: 503, retryAfter: at(5 * MINUTE) },
    ],
    [
      'app_credential_rejected',
      '60',
      {
        outcome: 'refused',
        refusal: aRefusal({ status: 401, error: 'invalid_client', code: 7000222 }),
      },
    ],
  ])('and says when to try again: %s', async (code, seconds, answer) => {
    const { put, world, id, before } = await installed()
    world.tokenEndpoint.answerNextAdoption(answer)
    expect(await put()).toMatchObject({
      status: 503,
      headers: { 'retry-after': seconds },
      body: refusal(code),
    })
    expect(await storedIn(world, id)).toEqual(before)
  })

  test('when nobody is there to try it', async () => {
    const unavailable = new ServiceError('not now', { code: 'refresh_unavailable' })
    const scene = apiScene({}, { importTokens: () => Promise.reject(unavailable) })
    const { put, world, id, before } = await installed(scene)
    expect(await put()).toMatchObject({ status: 503, body: refusal('refresh_unavailable') })
    expect(await storedIn(world, id)).toEqual(before)
  })

  test('when the connector is deleted meanwhile', async () => {
    const scene = apiScene({}, { importTokens: async () => ({ outcome: 'unknown' }) })
    const { put } = await installed(scene)
    expect(await put()).toMatchObject({ status: 404, body: refusal('not_found') })
  })
})
