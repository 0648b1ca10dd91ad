import { describe, expect, test } from 'vitest'
import { OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { connectedIn, storedIn } from '../../support/world.ts'
import { apiScene, refusal } from './support.ts'

const ALL = 'GET /v1.0/account/connectors/{id}/properties'
const ADD = 'POST /v1.0/account/connectors/{id}/properties'
const ONE = 'GET /v1.0/account/connectors/{id}/properties/{propertyId}'
const CHANGE = 'PUT /v1.0/account/connectors/{id}/properties/{propertyId}'
const REMOVE = 'DELETE /v1.0/account/connectors/{id}/properties/{propertyId}'

async function scene() {
  const api = apiScene()
  const { connection } = await connectedIn(api.world)
  const headers = { 'x-cyclr-account': connection.accountId }
  const variables = { id: String(connection.id), propertyId: '1' }
  const property = (Value: string) => ({
    Name: 'Resource',
    Value,
    Id: 1,
    AccountConnectorId: connection.id,
  })
  return { ...api, connection, property, parts: { headers, variables } }
}

describe('the properties', () => {
  test('are those that are set', async () => {
    const { call, parts, property } = await scene()
    const query = 'sortOrderAsc=true&orderBy=Name'
    expect(await call(ALL, { ...parts, query })).toMatchObject({
      status: 200,
      body: [property(RESOURCE)],
    })
    await call(REMOVE, parts)
    expect((await call(ALL, parts)).body).toEqual([])
  })

  test('are not listed by a query that repeats itself', async () => {
    const { call, parts } = await scene()
    const refused = await call(ALL, { ...parts, query: 'orderBy=Name&orderBy=Id' })
    expect(refused).toMatchObject({ status: 400, body: refusal('request_invalid') })
  })
})

describe('the Resource', () => {
  test('is set by POST, which answers 200', async () => {
    const { call, parts, property } = await scene()
    const body = { Name: 'Resource', Value: 'https://Fabrikam.crm11.dynamics.com/', Id: 99 }
    expect(await call(ADD, { ...parts, body })).toMatchObject({
      status: 200,
      body: property(OTHER_RESOURCE),
    })
    expect((await call(ONE, parts)).body).toEqual(property(OTHER_RESOURCE))
  })

  test.each([
    { Value: OTHER_RESOURCE },
    { Name: 'Resource', Value: OTHER_RESOURCE, Id: 0 },
    { Name: null, Value: OTHER_RESOURCE },
  ])('is set by PUT, whose path names it already: %j', async (body) => {
    const { call, parts, property } = await scene()
    expect(await call(CHANGE, { ...parts, body })).toMatchObject({
      status: 200,
      body: property(OTHER_RESOURCE),
    })
  })

  test('of another environment makes a new sign-in necessary', async () => {
    const { call, parts, world, connection } = await scene()
    await call(CHANGE, { ...parts, body: { Value: OTHER_RESOURCE } })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'pending',
      tokenSet: undefined,
      resource: OTHER_RESOURCE,
    })
  })

  test('that stays the same keeps the connection connected', async () => {
    const { call, parts, world, connection } = await scene()
    await call(CHANGE, { ...parts, body: { Value: `${RESOURCE}/` } })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('is forgotten, and then not there', async () => {
    const { call, parts, property } = await scene()
    expect(await call(REMOVE, parts)).toMatchObject({ status: 200, body: property(RESOURCE) })
    expect(await call(REMOVE, parts)).toMatchObject({ status: 404, body: refusal('not_found') })
    expect(await call(ONE, parts)).toMatchObject({ status: 404, body: refusal('not_found') })
    const body = { Value: RESOURCE }
    expect(await call(CHANGE, { ...parts, body })).toMatchObject({ status: 404 })
  })

  test.each(['2', '0', 'Resource', ''])('is not the property %j', async (propertyId) => {
    const { call, parts } = await scene()
    const variables = { ...parts.variables, propertyId }
    expect(await call(ONE, { ...parts, variables })).toMatchObject({ status: 404 })
  })

  test.each<[what: string, body: unknown, code: string]>([
    ['an unknown name', { Name: 'ClientID', Value: 'x' }, 'property_unknown'],
    ['a name in lower case', { Name: 'resource', Value: OTHER_RESOURCE }, 'property_unknown'],
    ['no value', { Name: 'Resource' }, 'request_invalid'],
    ['an empty value', { Name: 'Resource', Value: '' }, 'request_invalid'],
    ['a value that is a number', { Name: 'Resource', Value: 7 }, 'request_invalid'],
    [
      'plain HTTP',
      { Name: 'Resource', Value: 'http://fabrikam.crm11.dynamics.com' },
      'resource_invalid',
    ],
    ['a second scope', { Name: 'Resource', Value: `${OTHER_RESOURCE} x` }, 'resource_invalid'],
    ['malformed JSON', '{', 'request_invalid'],
    ['a list', [], 'request_invalid'],
  ])('is not changed by %s', async (_, body, code) => {
    const { call, parts, world, connection } = await scene()
    for (const route of [ADD, CHANGE] as const) {
      expect(await call(route, { ...parts, body })).toMatchObject({
        status: 400,
        body: refusal(code),
      })
    }
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('that was meant is named', async () => {
    const { call, parts } = await scene()
    const body = { Name: 'Resource', Value: 'fabrikam.crm11.dynamics.com/main.aspx' }
    expect((await call(ADD, { ...parts, body })).body).toEqual(
      refusal(
        'resource_invalid',
        `Resource is not the address of a Dynamics 365 environment. Did you mean ${OTHER_RESOURCE}?`,
      ),
    )
  })
})
