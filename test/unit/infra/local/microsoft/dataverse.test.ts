import { describe, expect, test } from 'vitest'
import { ENVIRONMENTS, TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import { bodyOf, type Scenario, scenario, type TokenBody, temporaryFile } from './scenario.ts'

const HOST = 'example.crm.dynamics.com'
const WHO_AM_I = `${HOST}/api/data/v9.2/WhoAmI`
const INSTANCES = 'globaldisco.crm.dynamics.com/api/discovery/v2.0/Instances'

interface Instances {
  readonly value: readonly Readonly<Record<string, unknown>>[]
}

async function discoveryToken(stage: Scenario, username: string): Promise<string> {
  const { refresh_token } = await stage.tokens({}, username)
  const scope = 'https://globaldisco.crm.dynamics.com/user_impersonation'
  const body = await bodyOf<TokenBody>(await stage.refresh(refresh_token, { scope }))
  return body.access_token
}

describe('an environment', () => {
  test('tells a caller without a token its tenant and the real login host, unquoted', async () => {
    const { dataverse } = await scenario()
    const response = await dataverse(WHO_AM_I)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri=https://login.microsoftonline.com/${TENANTS.contoso.id}/oauth2/authorize, resource_id=https://${HOST}/`,
    )
  })

  test('tells its member who he is', async () => {
    const { dataverse, tokens } = await scenario()
    const response = await dataverse(WHO_AM_I, (await tokens()).access_token)
    const environment = ENVIRONMENTS.find(({ host }) => host === HOST)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      '@odata.context': `https://${HOST}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
      BusinessUnitId: environment?.businessUnitId,
      UserId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      OrganizationId: environment?.organizationId,
    })
  })

  test('answers at its .api host too', async () => {
    const { dataverse, tokens } = await scenario()
    const { access_token } = await tokens()
    const response = await dataverse(
      'example.api.crm.dynamics.com/api/data/v9.2/WhoAmI',
      access_token,
    )
    expect(response.status).toBe(200)
  })

  test('lets a guest in who has a role', async () => {
    const { dataverse, tokens } = await scenario()
    const { access_token } = await tokens({}, USERS.fabrikamGuest.username)
    expect((await dataverse(WHO_AM_I, access_token)).status).toBe(200)
  })

  test('refuses a user without a role, 0x80072560', async () => {
    const { dataverse, tokens } = await scenario()
    const { access_token } = await tokens({}, USERS.contosoWithoutRole.username)
    const response = await dataverse(WHO_AM_I, access_token)
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      error: { code: '0x80072560', message: 'The user is not a member of the organization.' },
    })
  })

  test.each([
    [
      'a token of another environment',
      async ({ tokens }: Scenario) => {
        const scope = 'https://contoso.crm4.dynamics.com/user_impersonation'
        return (await tokens({ scope })).access_token
      },
    ],
    ['an id_token', async ({ tokens }: Scenario) => (await tokens()).id_token],
    [
      'an expired token',
      async ({ tokens, advance }: Scenario) => {
        const { access_token, expires_in } = await tokens()
        advance(expires_in * 1000)
        return access_token
      },
    ],
    ['what is no token', async () => 'rubbish'],
  ])('refuses %s', async (_what, tokenOf) => {
    const stage = await scenario()
    const response = await stage.dataverse(WHO_AM_I, await tokenOf(stage))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('invalid_token')
  })

  test('refuses a token that another key signed', async () => {
    const [stage, other] = [
      await scenario(),
      await scenario({ signingKeyFile: temporaryFile('key.pem') }),
    ]
    const { access_token } = await other.tokens()
    expect((await stage.dataverse(WHO_AM_I, access_token)).status).toBe(401)
  })

  test('tells its version, its organization and its accounts', async () => {
    const { dataverse, tokens } = await scenario()
    const { access_token } = await tokens()
    const read = async (path: string) =>
      (await dataverse(`${HOST}/api/data/v9.2/${path}`, access_token)).json()
    expect(await read('RetrieveVersion')).toMatchObject({
      Version: expect.stringMatching(/^9\.2\./),
    })
    const type = "Microsoft.Dynamics.CRM.EndpointAccessType'Default'"
    const organization = `RetrieveCurrentOrganization(AccessType=@p)?@p=${encodeURIComponent(type)}`
    expect(await read(organization)).toMatchObject({
      Detail: { TenantId: TENANTS.contoso.id, FriendlyName: 'Contoso Example', UrlName: 'example' },
    })
    expect(await read('accounts?$select=name&$top=2')).toMatchObject({
      value: [{ name: 'A. Datum Corporation' }, { name: 'Blue Yonder Airlines' }],
    })
  })

  test('knows no other path', async () => {
    const { dataverse, tokens } = await scenario()
    const { access_token } = await tokens()
    expect((await dataverse(`${HOST}/api/data/v9.2/secrets`, access_token)).status).toBe(404)
  })

  test('that does not exist is a page that is not found', async () => {
    const { dataverse } = await scenario()
    const response = await dataverse('nothing.crm.dynamics.com/api/data/v9.2/WhoAmI')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toContain('text/html')
  })
})

describe('Global Discovery', () => {
  test('lists the environments of the tenant that the user may see', async () => {
    const stage = await scenario()
    const token = await discoveryToken(stage, USERS.contosoMember.username)
    const { value } = await bodyOf<Instances>(await stage.dataverse(INSTANCES, token))
    expect(value.map(({ Url }) => Url)).toEqual([
      'https://example.crm.dynamics.com',
      'https://contoso.crm4.dynamics.com',
      'https://contoso-dev.crm4.dynamics.com',
    ])
    expect(value[0]).toMatchObject({
      ApiUrl: 'https://example.api.crm.dynamics.com',
      FriendlyName: 'Contoso Example',
      State: 0,
      TenantId: TENANTS.contoso.id,
    })
  })

  test('gives the columns that are asked for', async () => {
    const stage = await scenario()
    const token = await discoveryToken(stage, USERS.contosoMember.username)
    const path = `${INSTANCES}?$select=Url,FriendlyName`
    const { value } = await bodyOf<Instances>(await stage.dataverse(path, token))
    expect(Object.keys(value[0] ?? {}).toSorted()).toEqual(['FriendlyName', 'Url'])
  })

  test('gives an empty list to a user without a role', async () => {
    const stage = await scenario()
    const token = await discoveryToken(stage, USERS.contosoWithoutRole.username)
    expect(await (await stage.dataverse(INSTANCES, token)).json()).toMatchObject({ value: [] })
  })

  test('refuses no token, and a token of an environment', async () => {
    const { dataverse, tokens } = await scenario()
    const { access_token } = await tokens()
    expect((await dataverse(INSTANCES)).status).toBe(401)
    expect((await dataverse(INSTANCES, access_token)).status).toBe(401)
  })
})
