import { isTokenCredential, type TokenCredential } from '@azure/core-auth'
import {
  bearerTokenAuthenticationPolicy,
  createHttpHeaders,
  createPipelineRequest,
  type SendRequest,
} from '@azure/core-rest-pipeline'
import { DynamicsWebApi } from 'dynamics-web-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DynamicsConnectClient, dynamicsConnect } from '../../functions/client/main.ts'
import { startOwnStandIn } from './servers/microsoft-stand-in.ts'
import { ENVIRONMENT_HOST, RESOURCE } from './support/identity-server.ts'
import { type Connection, connect, type Stage, setUpStage } from './support/stage.ts'

const CREDENTIALS = { clientId: 'local', clientSecret: 'local-secret' }

let stage: Stage
let connection: Connection
let client: DynamicsConnectClient
beforeAll(async () => {
  stage = await setUpStage(startOwnStandIn)
  connection = await connect(stage)
  const { account: accountId } = connection.partner
  client = dynamicsConnect({ url: stage.service.url, accountId, ...CREDENTIALS })
})
afterAll(() => stage.close())

describe('a DynamicsWebApi of the client', () => {
  test('reads accounts, of the class and of what its constructor takes', async () => {
    const serverUrl = `${stage.dataverseUrl}/${ENVIRONMENT_HOST}/`
    const ready: DynamicsWebApi = await client.dynamics(DynamicsWebApi, connection.id)
    ready.setConfig({ serverUrl })
    const made = new DynamicsWebApi({ ...(await client.dynamics(connection.id)), serverUrl })
    for (const dynamicsWebApi of [ready, made]) {
      const request = { collection: 'accounts', select: ['name'] }
      const accounts = await dynamicsWebApi.retrieveMultiple(request)
      expect(accounts.value[0]).toMatchObject({ name: expect.any(String) })
    }
  })

  test('is told in the words of the client when there is no token any more', async () => {
    const other = await connect(stage)
    const { account: accountId } = other.partner
    const dynamicsWebApi = await client.dynamics(DynamicsWebApi, other.id, { accountId })
    await client.connections.disconnect(other.id, { accountId })
    const asked = dynamicsWebApi.callFunction({ functionName: 'WhoAmI' })
    await expect(asked).rejects.toMatchObject({ name: 'NotConnected', code: 'not_connected' })
  })
})

describe('a credential of the client in the pipeline of the Azure SDK', () => {
  /** The environment, as the pipeline reaches it. @returns what it was asked with, and its answers. */
  function environment(...firstAnswers: readonly Readonly<Record<string, string>>[]) {
    const answers = [...firstAnswers]
    const authorizations: (string | undefined)[] = []
    const send: SendRequest = async (request) => {
      const authorization = request.headers.get('authorization')
      authorizations.push(authorization)
      const challenge = answers.shift()
      if (challenge) return { request, status: 401, headers: createHttpHeaders(challenge) }
      const url = request.url.replace('https:/', stage.dataverseUrl)
      const answer = await fetch(url, { headers: { authorization: authorization ?? '' } })
      return { request, status: answer.status, headers: createHttpHeaders() }
    }
    return { send, authorizations }
  }

  const whoAmI = () => createPipelineRequest({ url: `${RESOURCE}/api/data/v9.2/WhoAmI` })

  test('is a TokenCredential by its type, and lets requests in', async () => {
    const credential: TokenCredential = client.credential(connection.id)
    expect(isTokenCredential(credential)).toBe(true)
    const scopes = `${RESOURCE}/.default`
    const policy = bearerTokenAuthenticationPolicy({ credential, scopes })
    const { send } = environment()
    expect(await policy.sendRequest(whoAmI(), send)).toMatchObject({ status: 200 })
  })

  test('answers a challenge of continuous access evaluation with a newer token', async () => {
    const credential = client.credential(connection.id)
    const scopes = `${RESOURCE}/.default`
    const policy = bearerTokenAuthenticationPolicy({ credential, scopes })
    const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString('base64')
    const challenge = {
      'www-authenticate': `Bearer error="insufficient_claims", claims="${claims}"`,
    }
    const { send, authorizations } = environment(challenge)
    expect(await policy.sendRequest(whoAmI(), send)).toMatchObject({ status: 200 })
    const [challenged, newer] = authorizations
    expect(newer).toMatch(/^Bearer ./)
    expect(newer).not.toBe(challenged)
  })

  test('gives no token to somebody else', async () => {
    const credential = client.credential(connection.id)
    const scopes = 'https://graph.microsoft.com/.default'
    const policy = bearerTokenAuthenticationPolicy({ credential, scopes })
    const { send, authorizations } = environment()
    const asked = policy.sendRequest(whoAmI(), send)
    await expect(asked).rejects.toMatchObject({ code: 'scope_refused' })
    expect(authorizations).toEqual([])
  })
})
