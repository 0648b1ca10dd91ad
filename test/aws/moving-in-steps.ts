import { InvokeCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import type { Outputs } from '../../infra/outputs.ts'
import { type ApiClient, createPartner, field } from '../e2e/support/partner.ts'
import { account } from './support/account.ts'

interface Deployed {
  readonly outputs: Outputs
  readonly apiClient: ApiClient
  readonly microsoftUrl: string
}

const ACCOUNT = 'moving-in'
const RESOURCE = 'https://example.crm.dynamics.com'

/** A partner moves in, through the deployed roles: its refresh tokens, its list, its own Lambda functions. */
export function movingInSteps(deployed: () => Deployed): void {
  let connectionId: number

  const partner = () => createPartner(deployed().outputs.apiUrl, deployed().apiClient)

  test('a refresh token of another service connects a connection without a sign-in', async () => {
    const { microsoftUrl } = deployed()
    const made = await partner().signInLink({ account: ACCOUNT, resource: RESOURCE })
    connectionId = Number(made.connectionId)
    const answer = await fetch(`${microsoftUrl}/admin/refresh-tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: USERS.contosoMember.username }),
    })
    const RefreshToken = field(await answer.json(), 'refresh_token')
    const put = (token: string) =>
      partner().call('PUT', `/v1.0/account/connectors/${connectionId}`, {
        account: ACCOUNT,
        json: { AuthValue: JSON.stringify({ RefreshToken: token }) },
      })
    expect(await put('1.unknown')).toMatchObject({ status: 409, json: { Code: 'import_refused' } })
    expect(await put(RefreshToken)).toMatchObject({
      status: 200,
      json: { Status: 'connected', User: { Username: USERS.contosoMember.username } },
    })
  })

  test('the list of all accounts has it, by the deployed index', async () => {
    const { json } = await partner().call('GET', '/v1.0/accounts/connectors?pageSize=100')
    const { Connectors } = json as { readonly Connectors: readonly object[] }
    expect(Connectors).toContainEqual(
      expect.objectContaining({ Id: connectionId, AccountId: ACCOUNT, Status: 'connected' }),
    )
  })

  test('whoever may invoke the function of the output TokenFunction gets its token', async () => {
    const invoke = async (token: object): Promise<unknown> => {
      const command = new InvokeCommand({
        FunctionName: deployed().outputs.tokenFunction,
        Payload: JSON.stringify({ token }),
      })
      const { Payload, FunctionError } = await account.lambda.send(command)
      expect(FunctionError).toBeUndefined()
      return JSON.parse(Payload?.transformToString() ?? '')
    }
    const accountId = ACCOUNT
    const path = `/v1.0/account/connectors/${connectionId}/token`
    const { json } = await partner().call('GET', path, { account: accountId })
    expect(await invoke({ accountId, connectionId })).toEqual(json)
    const renewed = await invoke({ accountId, connectionId, forceRefresh: true })
    expect(field(renewed, 'AccessToken')).not.toBe(field(json, 'AccessToken'))
    expect(await invoke({ accountId: 'another', connectionId })).toMatchObject({
      Code: 'not_found',
      RequestId: expect.any(String),
    })
  })
}
