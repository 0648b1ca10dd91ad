import { describe, expect, test } from 'vitest'
import { STATUSES } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { EVERY_WHO } from '../../../functions/domain/reason.ts'
import { accountConnector } from '../../../functions/http/account-connector.ts'
import { at } from '../../fakes/hand-clock.ts'
import { aConnection, aReason, aUser, RESOURCE } from '../../support/builders.ts'
import { clientScene, thrownBy, URL_OF_SERVICE } from './support.ts'

const ACME = { accountId: 'acme' }

/** As it is when it has just been made without an environment. */
function aPendingConnection() {
  const resource = undefined
  const nothing = { user: undefined, environment: undefined, connectedAt: undefined }
  return aConnection({ id: 7, status: 'pending', resource, ...nothing })
}

describe('a connection', () => {
  test('is read with everything that the service tells of it', async () => {
    const { client, next, answer } = clientScene()
    const user = aUser()
    const reason = aReason()
    const environment = { organizationId: 'o', userId: 'u', businessUnitId: 'b' }
    const failure = { code: 'AADSTS90033', at: at(3), count: 2 }
    const stored = {
      ...aConnection({ id: 7, resource: RESOURCE, user, environment, reason, failure }),
      status: 'connected' as const,
      name: 'Contoso',
      description: 'The sales environment',
      createdAt: at(0),
      connectedAt: at(1),
      refreshedAt: at(2),
      nextRefreshAt: at(4),
    }
    next(() => answer(accountConnector(stored)))
    const { tenantId, objectId, name, username } = user
    expect(await client.connections.get(7, ACME)).toEqual({
      id: 7,
      name: 'Contoso',
      description: 'The sales environment',
      status: 'connected',
      reason: { code: reason.code, who: reason.who, message: expect.any(String), at: reason.at },
      resource: RESOURCE,
      environment: { ...environment, tenantId },
      user: { tenantId, objectId, name, username },
      lastFailure: failure,
      createdAt: at(0),
      connectedAt: at(1),
      refreshedAt: at(2),
      nextRefreshAt: at(4),
    })
  })

  test('of nobody yet has undefined where the service has null', async () => {
    const { client, next, answer } = clientScene()
    next(() => answer(accountConnector(aPendingConnection())))
    expect(await client.connections.get(7, ACME)).toMatchObject({
      status: 'pending',
      resource: undefined,
      user: undefined,
      reason: undefined,
      connectedAt: undefined,
    })
  })

  test.each(STATUSES)('that is %s says so', async (status) => {
    const { client, next, answer } = clientScene()
    next(() => answer(accountConnector(aConnection({ status }))))
    expect((await client.connections.get(7, ACME)).status).toBe(status)
  })

  test.each(EVERY_WHO)('for which %s has to act says so', async (who) => {
    const { client, next, answer } = clientScene()
    next(() => answer(accountConnector(aConnection({ reason: aReason({ who }) }))))
    expect((await client.connections.get(7, ACME)).reason?.who).toBe(who)
  })

  test('of a status that this version does not know asks for an update of the client', async () => {
    const { client, next, answer } = clientScene()
    next(() => answer({ ...accountConnector(aConnection()), Status: 'sleeping' }))
    const error = await thrownBy(client.connections.get(7, ACME))
    expect(String(error)).toContain('update dynamics-connect')
  })
})

describe('what is sent', () => {
  const connector = accountConnector(aConnection({ id: 7 }))
  const RESOURCE_PROPERTY = { Name: 'Resource', Value: RESOURCE }

  test('to make a connection', async () => {
    const { client, calls, next, answer } = clientScene()
    next(() => answer(connector))
    next(() => answer(connector))
    await client.connections.create({ ...ACME, name: 'Contoso', resource: RESOURCE })
    await client.connections.create(ACME)
    const what = 'POST /v1.0/connectors/1/install'
    expect(calls()).toMatchObject([{ what }, { what }])
    expect(calls().map(({ request }) => JSON.parse(request.body ?? ''))).toEqual([
      { Name: 'Contoso', Properties: [RESOURCE_PROPERTY] },
      {},
    ])
  })

  test('to rename, move, confirm, renew, disconnect and delete one', async () => {
    const { client, calls, next, answer } = clientScene({ accountId: 'acme' })
    const { connections } = client
    next(() => answer(connector))
    await connections.rename(7, { name: 'Contoso' })
    next(() => answer({ ...RESOURCE_PROPERTY, Id: 1, AccountConnectorId: 7 }))
    expect(await connections.setResource(7, { resource: `${RESOURCE}/` })).toBe(RESOURCE)
    next(() => answer(connector))
    await connections.complete(7, { completionId: 'the-completion' })
    next(() => answer({ Outcome: 'refreshed', ExpiresAtUtc: '2096-03-01T13:00:00.0000000Z' }))
    const expiresAt = new Date('2096-03-01T13:00:00.000Z')
    expect(await connections.refresh(7)).toEqual({ outcome: 'refreshed', expiresAt })
    next(() => answer({ Outcome: 'not_due' }, 202))
    expect(await connections.refresh(7)).toEqual({ outcome: 'not_due' })
    next(() => answer({ Message: 'done' }))
    expect(await connections.disconnect(7)).toBeUndefined()
    next(() => answer({ Message: 'done' }))
    expect(await connections.remove(7)).toBeUndefined()
    const path = '/v1.0/account/connectors/7'
    expect(calls().map(({ what, request }) => [what, request.body])).toEqual([
      [`PUT ${path}`, '{"Name":"Contoso"}'],
      [`POST ${path}/properties`, JSON.stringify({ Name: 'Resource', Value: `${RESOURCE}/` })],
      [`POST ${path}/complete`, '{"CompletionId":"the-completion"}'],
      [`POST ${path}/refresh`, undefined],
      [`POST ${path}/refresh`, undefined],
      [`PUT ${path}/deauthenticate`, '{}'],
      [`DELETE ${path}`, undefined],
    ])
    expect(calls().map(({ request }) => request.headers['x-account'])).toEqual(
      calls().map(() => 'acme'),
    )
  })

  test('names no account where neither the call nor the client does', async () => {
    const { client, calls, next, answer } = clientScene()
    next(() => answer(connector))
    await client.connections.get(7)
    expect(Object.keys(calls()[0]?.request.headers ?? {})).toEqual(['accept', 'authorization'])
  })

  test('names the account of the call before that of the client', async () => {
    const { client, calls, next, answer } = clientScene({ accountId: 'acme' })
    next(() => answer(connector))
    await client.connections.get(7, { accountId: 'fabrikam' })
    expect(calls()[0]?.request.headers['x-account']).toBe('fabrikam')
  })
})

describe('the connections of an account', () => {
  const page = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) =>
      accountConnector(aConnection({ id: from + index })),
    )

  test('are listed by the page', async () => {
    const { client, calls, next, answer } = clientScene()
    next(() => answer(page(3, 4)))
    const listed = await client.connections.list({ ...ACME, page: 2, pageSize: 2 })
    expect(listed.map(({ id }) => id)).toEqual([3, 4])
    expect(calls()[0]?.what).toBe('GET /v1.0/account/connectors?page=2&pageSize=2')
  })

  test('are gone through to the last page, each got when it is needed', async () => {
    const { client, calls, next, answer } = clientScene()
    next(() => answer(page(1, 2)))
    next(() => answer(page(3, 4)))
    next(() => answer([]))
    const seen: (readonly [number, number])[] = []
    for await (const { id } of client.connections.all({ ...ACME, pageSize: 2 })) {
      seen.push([id, calls().length])
    }
    expect(seen).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ])
  })
})

describe('the connections of all accounts', () => {
  const of = (accountId: string, id: number) => ({
    AccountId: accountId,
    ...accountConnector(aConnection({ id, accountId })),
  })
  const seenBy = async (client: ReturnType<typeof clientScene>['client']) => {
    const seen: (readonly [string, number])[] = []
    for await (const { accountId, id } of client.connections.ofAllAccounts({ pageSize: 2 })) {
      seen.push([accountId, id])
    }
    return seen
  }

  test('are gone through by the cursor that the service gives, whatever account the client has', async () => {
    const { client, calls, next, answer } = clientScene({ accountId: 'acme' })
    const Next = 'a+b/c='
    next(() => answer({ Connectors: [of('acme', 1), of('fabrikam', 2)], Next }))
    next(() => answer({ Connectors: [of('acme', 3)], Next: null }))
    expect(await seenBy(client)).toEqual([
      ['acme', 1],
      ['fabrikam', 2],
      ['acme', 3],
    ])
    expect(calls().map(({ what }) => what)).toEqual([
      'GET /v1.0/accounts/connectors?pageSize=2',
      'GET /v1.0/accounts/connectors?pageSize=2&after=a%2Bb%2Fc%3D',
    ])
    expect(calls().map(({ request }) => request.headers['x-account'])).toEqual([
      undefined,
      undefined,
    ])
  })

  test('end with an error where the service gives the same page for ever', async () => {
    const { client, next, answer } = clientScene()
    for (const id of [1, 2]) next(() => answer({ Connectors: [of('acme', id)], Next: 'same' }))
    expect(await thrownBy(seenBy(client))).toMatchObject({ name: 'UnexpectedAnswer' })
  })

  test.each([[[]], [{ Connectors: [{ ...of('acme', 1), AccountId: null }] }], [{ Next: null }]])(
    'are not taken from %j',
    async (body) => {
      const { client, next, answer } = clientScene()
      next(() => answer(body))
      expect(await thrownBy(seenBy(client))).toMatchObject({ name: 'UnexpectedAnswer' })
    },
  )
})

describe('an import of tokens', () => {
  const connector = accountConnector(aConnection({ id: 7, status: 'connected' }))

  test('sends the refresh token alone, and tells the connection', async () => {
    const { client, calls, next, answer } = clientScene({ accountId: 'acme' })
    next(() => answer(connector))
    const imported = await client.connections.importTokens(7, { refreshToken: 'the-refresh-token' })
    expect(imported).toMatchObject({ id: 7, status: 'connected' })
    expect(calls()).toMatchObject([
      {
        what: 'PUT /v1.0/account/connectors/7',
        request: {
          headers: { 'x-account': 'acme' },
          body: '{"AuthValue":{"RefreshToken":"the-refresh-token"}}',
        },
      },
    ])
  })

  test('makes the client forget the access token of before', async () => {
    const { client, calls, next, answer, token } = clientScene({ accountId: 'acme' })
    next(() => token(3600, 'before'))
    await client.token(7)
    next(() => answer(connector))
    await client.connections.importTokens(7, { refreshToken: 'the-refresh-token' })
    next(() => token(3600, 'after'))
    expect((await client.token(7)).accessToken).toBe('after')
    expect(calls()).toHaveLength(3)
  })

  test('is not repeated when nobody knows whether it was done', async () => {
    const { client, calls, next } = clientScene()
    next(() => Promise.reject(new TypeError('terminated')))
    const work = client.connections.importTokens(7, { refreshToken: 'the-refresh-token' }, ACME)
    expect(await thrownBy(work)).toMatchObject({ name: 'Unavailable' })
    expect(calls()).toHaveLength(1)
  })
})

describe('a sign-in link', () => {
  const answered = { Token: 'the-sign-in-token', ExpiresAtUtc: '2096-03-01T12:05:00.0000000Z' }

  test('has what the page needs, and says how long it is good', async () => {
    const { client, calls, next, answer } = clientScene()
    next(() => answer(answered))
    const link = await client.signInLink({
      accountId: 'ac/me',
      connectionId: '7',
      username: 'erika',
      targetOrigin: 'https://app.example.com/done?a=b',
      lifetimeMinutes: 60,
      confirmationRequired: true,
      language: 'de',
    })
    expect(link.expiresAt).toEqual(new Date('2096-03-01T12:05:00.000Z'))
    const url = new URL(link.url)
    expect(`${url.origin}${url.pathname}`).toBe(`${URL_OF_SERVICE}/connector/authorize`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      id: '7',
      token: 'the-sign-in-token',
      targetOrigin: 'https://app.example.com/done?a=b',
      lang: 'de',
    })
    const [call] = calls()
    expect(call?.what).toBe('POST /v1.0/accounts/ac%2Fme/signintoken')
    expect(JSON.parse(call?.request.body ?? '')).toEqual({
      Username: 'erika',
      LifetimeMinutes: 60,
      ConfirmationRequired: true,
    })
  })

  test('wants an account and a connection, before anything is asked for', async () => {
    const { client, sent } = clientScene()
    const link = { username: 'erika', targetOrigin: 'https://app.example.com' }
    const accountless = await thrownBy(client.signInLink({ ...link, connectionId: 7 }))
    expect(accountless).toMatchObject({ name: 'RequestRefused', code: 'account_missing' })
    const options = { ...link, ...ACME, connectionId: 'x' }
    expect(await thrownBy(client.signInLink(options))).toMatchObject({ code: 'request_invalid' })
    expect(sent).toHaveLength(0)
  })
})
