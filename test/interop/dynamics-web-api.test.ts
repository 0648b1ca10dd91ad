import { DynamicsWebApi } from 'dynamics-web-api'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOwnStandIn } from './servers/microsoft-stand-in.ts'
import { ENVIRONMENT_HOST, RESOURCE, TENANT_ID } from './support/identity-server.ts'
import { signInByMsal } from './support/msal.ts'
import { redirectUriAt } from './support/service.ts'
import { type Connection, connect, type Stage, setUpStage } from './support/stage.ts'

let stage: Stage
let connection: Connection
beforeAll(async () => {
  stage = await setUpStage(startOwnStandIn)
  connection = await connect(stage)
})
afterAll(() => stage.close())

/** The partner's Dataverse client: whatever it needs a token for, it asks the service. */
const dynamicsWebApi = (host: string) =>
  new DynamicsWebApi({
    serverUrl: `${stage.dataverseUrl}/${host}/`,
    dataApi: { version: '9.2' },
    onTokenRefresh: async () => {
      const { body } = await connection.partner.token(connection.id)
      return String(body.AccessToken)
    },
  })

describe('DynamicsWebApi with the token of the service', () => {
  test('asks the environment who it is', async () => {
    const client = dynamicsWebApi(ENVIRONMENT_HOST)
    const whoAmI = await client.callFunction({ functionName: 'WhoAmI' })
    expect(whoAmI).toMatchObject({ UserId: expect.any(String) })
  })

  test('reads accounts', async () => {
    const client = dynamicsWebApi(ENVIRONMENT_HOST)
    const accounts = await client.retrieveMultiple({ collection: 'accounts', select: ['name'] })
    expect(accounts.value.length).toBeGreaterThan(0)
    expect(accounts.value[0]).toMatchObject({ name: expect.any(String) })
  })

  test('reads accounts again after the connection was refreshed', async () => {
    const { partner, id } = connection
    expect(await partner.refresh(id)).toMatchObject({ body: { Outcome: 'refreshed' } })
    const client = dynamicsWebApi(ENVIRONMENT_HOST)
    const accounts = await client.retrieveMultiple({ collection: 'accounts', select: ['name'] })
    expect(accounts.value.length).toBeGreaterThan(0)
  })

  test('is refused by an environment that the token is not for', async () => {
    const client = dynamicsWebApi('contoso.crm4.dynamics.com')
    await expect(client.callFunction({ functionName: 'WhoAmI' })).rejects.toMatchObject({
      status: 401,
    })
  })
})

describe('the access token of the service and that of MSAL', () => {
  test('are for the same environment, tenant, user and app', async () => {
    const { body } = await connection.partner.token(connection.id)
    const redirectUri = redirectUriAt(Number(new URL(stage.service.url).port))
    const { result } = await signInByMsal({ server: stage.server }, redirectUri)
    const ours = decodeJwt(String(body.AccessToken))
    const { aud, iss, tid, oid, appid, scp } = decodeJwt(result.accessToken)
    expect(ours).toMatchObject({ aud, iss, tid, oid, appid, scp })
    expect(ours).toMatchObject({ aud: RESOURCE, tid: TENANT_ID })
  })
})
