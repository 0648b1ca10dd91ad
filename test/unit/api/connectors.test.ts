import { describe, expect, test } from 'vitest'
import { CONNECTOR } from '../../../functions/http/connector.ts'
import { RESOURCE } from '../../support/builders.ts'
import { connectedIn, storedIn, type World } from '../../support/world.ts'
import { bearer } from '../support/api-clients.ts'
import { ACCOUNT, type ApiScene, apiScene, refusal } from './support.ts'

const INSTALL = 'POST /v1.0/connectors/{connector}/install'
const READ = 'GET /v1.0/account/connectors/{id}'
const LIST = 'GET /v1.0/account/connectors'
const CHANGE = 'PUT /v1.0/account/connectors/{id}'
const REMOVE = 'DELETE /v1.0/account/connectors/{id}'
const DEAUTHENTICATE = 'PUT /v1.0/account/connectors/{id}/deauthenticate'

const everything = { page: 1, pageSize: 100, ascending: true }

const stored = (world: World) => world.connections.list(ACCOUNT, everything)

/** A connected connection, with the headers of its own account. */
async function connected(scene: ApiScene) {
  const { connection } = await connectedIn(scene.world)
  const headers = { 'x-cyclr-account': connection.accountId }
  return { connection, headers, variables: { id: String(connection.id) } }
}

describe('the catalogue', () => {
  test('has one entry', async () => {
    const { call } = apiScene()
    expect(await call('GET /v1.0/connectors')).toMatchObject({ status: 200, body: [CONNECTOR] })
  })

  test.each([
    ['dynamics', 1],
    ['CRM Online', 1],
    ['salesforce', 0],
    ['', 1],
  ])('is searched for %j', async (query, found) => {
    const { call } = apiScene()
    const { body } = await call('GET /v1.0/connectors', { query: { query } })
    expect(body).toHaveLength(found)
  })

  test('gives an object by id and an array by name', async () => {
    const { call } = apiScene()
    const route = 'GET /v1.0/connectors/{connector}'
    const named = (connector: string) => call(route, { variables: { connector } })
    expect((await named('1')).body).toEqual(CONNECTOR)
    expect((await named('microsoft dynamics crm online')).body).toEqual([CONNECTOR])
    expect(await named('Salesforce')).toMatchObject({
      status: 404,
      body: refusal('not_found', "There is no connector 'Salesforce'; see GET /v1.0/connectors."),
    })
  })
})

describe('installing', () => {
  test.each(['1', 'Microsoft Dynamics CRM Online', 'MICROSOFT DYNAMICS CRM ONLINE'])(
    'by %j makes an account connector that nobody has signed in to',
    async (connector) => {
      const { call, world } = apiScene()
      const body = {
        Name: 'Sales',
        Description: 'EMEA',
        Properties: [
          { Name: 'Resource', Value: `${RESOURCE.toUpperCase().replace('HTTPS', 'https')}/` },
        ],
      }
      const installed = await call(INSTALL, { variables: { connector }, body })
      expect(installed).toMatchObject({
        status: 200,
        body: {
          Id: expect.any(Number),
          Name: 'Sales',
          Description: 'EMEA',
          Authenticated: false,
          Status: 'pending',
          Properties: [{ Name: 'Resource', Value: RESOURCE, Id: 1 }],
        },
      })
      expect(await stored(world)).toMatchObject([{ accountId: ACCOUNT, name: 'Sales' }])
    },
  )

  test('needs no body, and names and numbers what it makes', async () => {
    const { call } = apiScene()
    const variables = { connector: '1' }
    const names = []
    for (let times = 0; times < 3; times += 1) {
      names.push((await call(INSTALL, { variables })).body)
    }
    expect(names).toMatchObject([
      { Name: 'Microsoft Dynamics CRM Online' },
      { Name: 'Microsoft Dynamics CRM Online 2' },
      { Name: 'Microsoft Dynamics CRM Online 3' },
    ])
  })

  test('takes null for what is left out', async () => {
    const { install } = apiScene()
    const body = { Name: null, Description: null, AuthValue: null, Properties: null }
    expect(await install(body)).toMatchObject({ Description: null, Properties: [] })
  })

  test('sets nothing that is not to be set', async () => {
    const { install, world } = apiScene()
    const body = { Id: 7, Status: 'connected', Authenticated: true, generation: 9, accountId: 'x' }
    const installed = await install({ ...body, User: { TenantId: 'x' } })
    expect(installed).toMatchObject({ Status: 'pending', Authenticated: false, User: null })
    expect(installed.Id).not.toBe(7)
    expect(await stored(world)).toMatchObject([{ accountId: ACCOUNT, generation: 0 }])
  })

  test.each<[what: string, body: unknown, expected: object]>([
    [
      'an unknown property',
      { Properties: [{ Name: 'Dont exist', Value: 'x' }] },
      refusal(
        'property_unknown',
        "There is not a connector property that matches name 'Dont exist'.",
      ),
    ],
    [
      'a property that is nearly known',
      { Properties: [{ Name: 'resource', Value: RESOURCE }] },
      refusal(
        'property_unknown',
        "There is not a connector property that matches name 'resource'. Did you mean 'Resource'?",
      ),
    ],
    [
      'a Resource with a path',
      { Properties: [{ Name: 'Resource', Value: `${RESOURCE}/main.aspx` }] },
      refusal('resource_invalid', expect.stringContaining(`Did you mean ${RESOURCE}?`)),
    ],
    [
      'a Resource elsewhere',
      { Properties: [{ Name: 'Resource', Value: 'https://evil.example' }] },
      refusal('resource_invalid', expect.stringContaining('https://example.crm.dynamics.com')),
    ],
    [
      'a Resource of a cloud that is not enabled',
      { Properties: [{ Name: 'Resource', Value: 'https://contoso.crm.dynamics.cn' }] },
      refusal('resource_invalid'),
    ],
    [
      'two Resources',
      { Properties: [1, 2].map(() => ({ Name: 'Resource', Value: RESOURCE })) },
      refusal('request_invalid', 'Send the property Resource once.'),
    ],
    [
      'a property without value',
      { Properties: [{ Name: 'Resource' }] },
      refusal('request_invalid'),
    ],
    ['properties that are no list', { Properties: { Name: 'x' } }, refusal('request_invalid')],
    ['properties that are no objects', { Properties: ['x'] }, refusal('request_invalid')],
    ['a name that is empty', { Name: ' ' }, refusal('request_invalid')],
    ['a name that is a number', { Name: 7 }, refusal('request_invalid')],
    ['a name that is too long', { Name: 'x'.repeat(201) }, refusal('request_invalid')],
    ['a description that is a list', { Description: [] }, refusal('request_invalid')],
    ['tokens', { AuthValue: '{"AccessToken":"canary"}' }, refusal('request_invalid')],
    ['malformed JSON', '{"Name":', refusal('request_invalid', 'Send a body that is valid JSON.')],
    ['a list', [], refusal('request_invalid', 'Send a JSON object as the body.')],
    ['null', 'null', refusal('request_invalid', 'Send a JSON object as the body.')],
  ])('with %s is refused, and stores nothing', async (_, body, expected) => {
    const { call, world } = apiScene()
    const refused = await call(INSTALL, { variables: { connector: '1' }, body })
    expect(refused).toMatchObject({ status: 400, body: expected })
    expect(refused.text).not.toContain('canary')
    expect(await stored(world)).toEqual([])
  })

  test('under a name that is in use is refused in the words that clients know', async () => {
    const { install, world } = apiScene()
    await install({ Name: 'Sales' })
    expect(await install({ Name: 'Sales' })).toEqual(
      refusal('name_in_use', 'Account connector name Sales is in use.'),
    )
    expect(await stored(world)).toHaveLength(1)
  })

  test.each([
    ['of another type', { headers: { 'content-type': 'text/plain' }, body: { Name: 'x' } }, 415],
    ['that is a form', { form: { Name: 'x' } }, 415],
    ['that is too large', { body: { Description: 'x'.repeat(70_000) } }, 413],
  ])('with a body %s is refused, and stores nothing', async (_, parts, status) => {
    const { call, world } = apiScene()
    expect(await call(INSTALL, { variables: { connector: '1' }, ...parts })).toMatchObject({
      status,
    })
    expect(await stored(world)).toEqual([])
  })

  test('what is not in the catalogue is refused, and stores nothing', async () => {
    const { call, world } = apiScene()
    const refused = await call(INSTALL, { variables: { connector: '2' }, body: { Name: 'x' } })
    expect(refused).toMatchObject({ status: 404, body: refusal('not_found') })
    expect(await stored(world)).toEqual([])
  })
})

describe('listing', () => {
  test('shows the account its own connectors and no others', async () => {
    const { call, install } = apiScene()
    const { Id } = await install()
    await call(INSTALL, { variables: { connector: '1' }, headers: { 'x-cyclr-account': 'other' } })
    expect((await call(LIST)).body).toMatchObject([{ Id }])
  })

  test('goes by pages, in either direction', async () => {
    const { call, install } = apiScene()
    const ids = []
    for (let times = 0; times < 5; times += 1) ids.push(Number((await install()).Id))
    ids.sort((a, b) => a - b)
    const page = async (query: string) =>
      ((await call(LIST, { query })).body as { Id: number }[]).map(({ Id }) => Id)
    expect(await page('')).toEqual(ids)
    expect(await page('page=2&pageSize=2')).toEqual(ids.slice(2, 4))
    expect(await page('page=3&pageSize=2')).toEqual(ids.slice(4))
    expect(await page('page=9&pageSize=2')).toEqual([])
    expect(await page('sortOrderAsc=false&orderBy=Name')).toEqual(ids.toReversed())
  })

  test.each([
    'page=0',
    'page=x',
    'page=-1',
    'pageSize=0',
    'pageSize=101',
    'sortOrderAsc=maybe',
    'page=1&page=2',
  ])('by %s is refused', async (query) => {
    const { call } = apiScene()
    expect(await call(LIST, { query })).toMatchObject({
      status: 400,
      body: refusal('request_invalid'),
    })
  })
})

describe('an account connector', () => {
  test('is read with its state, and without its tokens', async () => {
    const scene = apiScene()
    const { connection, ...parts } = await connected(scene)
    const { status, body, text } = await scene.call(READ, parts)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      Id: connection.id,
      AuthValue: null,
      Authenticated: true,
      Status: 'connected',
    })
    for (const token of scene.world.minter.tokens) expect(text).not.toContain(token)
  })

  test('gets another name and description, each on its own', async () => {
    const { call, install } = apiScene()
    const { Id } = await install({ Name: 'Sales', Description: 'EMEA' })
    const change = async (body: unknown) =>
      (await call(CHANGE, { variables: { id: String(Id) }, body })).body
    expect(await change({ Name: 'Service' })).toMatchObject({
      Name: 'Service',
      Description: 'EMEA',
    })
    expect(await change({ Description: 'APAC' })).toMatchObject({
      Name: 'Service',
      Description: 'APAC',
    })
    expect(await change({ Description: null })).toMatchObject({ Description: null })
    expect(await change({})).toMatchObject({ Name: 'Service', Description: null })
    expect(await change({ Name: 'Service' })).toMatchObject({ Name: 'Service' })
  })

  test('cannot take the name of another one', async () => {
    const { call, install, world } = apiScene()
    await install({ Name: 'Sales' })
    const { Id } = await install({ Name: 'Service' })
    const variables = { id: String(Id) }
    expect(await call(CHANGE, { variables, body: { Name: 'Sales' } })).toMatchObject({
      status: 400,
      body: refusal('name_in_use', 'Account connector name Sales is in use.'),
    })
    expect(await storedIn(world, Number(Id))).toMatchObject({ name: 'Service' })
  })

  test.each([
    { Name: '' },
    { Name: 7 },
    { Description: {} },
    { AuthValue: '{"AccessToken":"canary"}' },
    { AuthValue: '{}', Name: 'Sales' },
    { AuthValue: { RefreshToken: 'canary' }, Name: '' },
  ])('cannot be changed by %j', async (body) => {
    const scene = apiScene()
    const { connection, ...parts } = await connected(scene)
    const refused = await scene.call(CHANGE, { ...parts, body })
    expect(refused).toMatchObject({ status: 400, body: refusal('request_invalid') })
    expect(refused.text).not.toContain('canary')
    expect(await storedIn(scene.world, connection.id)).toEqual(connection)
  })

  test('keeps its state whatever a body says about it', async () => {
    const scene = apiScene()
    const { connection, ...parts } = await connected(scene)
    const body = { Id: 7, Status: 'pending', Authenticated: false, generation: 0, User: null }
    expect(await scene.call(CHANGE, { ...parts, body })).toMatchObject({ status: 200 })
    expect(await storedIn(scene.world, connection.id)).toEqual(connection)
  })

  test('is de-authenticated: its tokens are gone and it stays', async () => {
    const scene = apiScene()
    const { connection, ...parts } = await connected(scene)
    const answer = await scene.call(DEAUTHENTICATE, { ...parts, body: {} })
    expect(answer).toMatchObject({
      status: 200,
      body: { Message: "Connector 'Dynamics' successfully de-authenticated." },
    })
    expect(await storedIn(scene.world, connection.id)).toMatchObject({
      status: 'disconnected',
      tokenSet: undefined,
      user: undefined,
    })
  })

  test('is deleted, and then not there', async () => {
    const scene = apiScene()
    const { connection: _, ...parts } = await connected(scene)
    expect(await scene.call(REMOVE, parts)).toMatchObject({
      status: 200,
      body: { Message: "Connector 'Dynamics' successfully deleted." },
    })
    expect(await scene.call(REMOVE, parts)).toMatchObject({ status: 404 })
    expect(await scene.call(READ, parts)).toMatchObject({ status: 404 })
  })
})

describe('an id that is not of the account', () => {
  const ROUTES = [
    READ,
    CHANGE,
    REMOVE,
    DEAUTHENTICATE,
    'GET /v1.0/account/connectors/{id}/properties',
    'POST /v1.0/account/connectors/{id}/properties',
    'GET /v1.0/account/connectors/{id}/properties/{propertyId}',
    'PUT /v1.0/account/connectors/{id}/properties/{propertyId}',
    'DELETE /v1.0/account/connectors/{id}/properties/{propertyId}',
  ] as const

  test.each(ROUTES)(
    'is answered like one that never was, and changes nothing: %s',
    async (route) => {
      const scene = apiScene()
      const { connection } = await connected(scene)
      const body = route.startsWith('GET') ? {} : { body: { Name: 'Resource', Value: RESOURCE } }
      const answerTo = async (id: string) => {
        const answer = await scene.call(route, { variables: { id, propertyId: '1' }, ...body })
        const { RequestId: _, ...rest } = answer.body as Record<string, unknown>
        const { text: _text, ...comparable } = { ...answer, body: rest }
        return comparable
      }
      const foreign = await answerTo(String(connection.id))
      expect(foreign).toMatchObject({
        status: 404,
        body: {
          Code: 'not_found',
          Message: 'This account has no account connector with that id.',
        },
      })
      for (const id of ['1', '0', 'abc', '99999999999', '-1', '']) {
        expect(await answerTo(id)).toEqual(foreign)
      }
      expect(await storedIn(scene.world, connection.id)).toEqual(connection)
    },
  )
})

describe('an account connector that is deleted while it is changed', () => {
  test.each([
    [CHANGE, { relabel: async () => undefined }, { Name: 'Another' }],
    [REMOVE, { remove: async () => false }, {}],
    [DEAUTHENTICATE, { disconnect: async () => undefined }, {}],
    [
      `${READ.replace('GET', 'POST')}/properties`,
      { setResource: async () => undefined },
      { Name: 'Resource', Value: RESOURCE },
    ],
  ])('is not there: %s', async (route, bent, body) => {
    const scene = apiScene(bent)
    const parts = await connected(scene)
    const headers = { ...(await bearer()), ...parts.headers }
    const { variables } = parts
    expect(await scene.callAs(headers, route, { variables, body })).toMatchObject({
      status: 404,
      body: refusal('not_found', 'This account has no account connector with that id.'),
    })
  })
})
