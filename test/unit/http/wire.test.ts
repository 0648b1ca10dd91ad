import { describe, expect, test } from 'vitest'
import type { Caller } from '../../../functions/domain/api-access.ts'
import { accountOf, permittedAccount } from '../../../functions/http/account.ts'
import { accountConnector, utc } from '../../../functions/http/account-connector.ts'
import { CONNECTOR } from '../../../functions/http/connector.ts'
import { messageOf } from '../../../functions/http/guidance-text.ts'
import { idOf } from '../../../functions/http/id.ts'
import { notConnected } from '../../../functions/http/not-connected.ts'
import { resourcePropertyOf } from '../../../functions/http/property.ts'
import { at } from '../../fakes/hand-clock.ts'
import { ENVIRONMENT } from '../../fakes/scripted-environments.ts'
import { aConnection, aReason, aUser, RESOURCE, TENANT } from '../../support/builders.ts'
import { httpEvent } from '../support/http-event.ts'

const refusedAs = (code: string) => expect.objectContaining({ name: 'ServiceError', code })

describe('the account of a request', () => {
  const everybody: Caller = { clientId: 'c', accountId: undefined }
  const contoso: Caller = { clientId: 'c', accountId: 'contoso' }
  const accountIn = (headers: Record<string, string>, caller: Caller) =>
    accountOf(httpEvent({ headers }), caller)

  test.each([
    [{ 'x-cyclr-account': 'fabrikam' }, everybody, 'fabrikam'],
    [{ 'x-account': 'fabrikam' }, everybody, 'fabrikam'],
    [{ 'x-cyclr-account': 'fabrikam', 'x-account': 'other' }, everybody, 'fabrikam'],
    [{}, contoso, 'contoso'],
    [{ 'x-cyclr-account': 'contoso' }, contoso, 'contoso'],
  ])('in %j', (headers, caller, expected) => {
    expect(accountIn(headers, caller)).toBe(expected)
  })

  test('has to be named by a client that sees all accounts', () => {
    expect(() => accountIn({}, everybody)).toThrow(refusedAs('account_missing'))
  })

  test.each(['x-cyclr-account', 'x-account'])('is not another one by %s', (name) => {
    expect(() => accountIn({ [name]: 'fabrikam' }, contoso)).toThrow(refusedAs('account_forbidden'))
  })

  test.each(['', ' ', 'é'])('is not well named by X-Account in %j, whatever else is', (name) => {
    const headers = { 'x-cyclr-account': 'fabrikam', 'x-account': name }
    expect(() => accountIn(headers, everybody)).toThrow(refusedAs('request_invalid'))
  })

  test.each(['a', 'b6c4a3d2-0000-4000-8000-000000000001', 'Contoso Ltd. #7', 'x'.repeat(128)])(
    'may be called %j',
    (accountId) => {
      expect(permittedAccount(accountId, everybody)).toBe(accountId)
    },
  )

  test.each(['', ' ', ' a', 'a ', 'a\nb', 'a\u0000', 'é', 'x'.repeat(129)])(
    'may not be called %j',
    (accountId) => {
      expect(() => permittedAccount(accountId, everybody)).toThrow(refusedAs('request_invalid'))
    },
  )
})

describe('an id of a path', () => {
  test.each([
    ['1', 1],
    ['2147483647', 2_147_483_647],
  ])('%s is %i', (text, id) => {
    expect(idOf(text)).toBe(id)
  })

  test.each(['', '0', '01', '-1', '1.0', '1e3', ' 1', '1 ', 'abc', '99999999999', '１'])(
    '%j names nothing',
    (text) => {
      expect(idOf(text)).toBeUndefined()
    },
  )
})

describe('a property', () => {
  const read = (property: { Name: string; Value: string }) =>
    resourcePropertyOf(property, ['commercial'])

  test('is the address of an environment, in its one form', () => {
    expect(read({ Name: 'Resource', Value: 'https://CONTOSO.crm4.dynamics.com/' })).toBe(RESOURCE)
  })

  test.each(['resource', 'RESOURCE', ' Resource '])('%j is nearly one', (Name) => {
    expect(() => read({ Name, Value: RESOURCE })).toThrow(
      `There is not a connector property that matches name '${Name}'. Did you mean 'Resource'?`,
    )
  })

  test('of an unknown name is refused in the words that clients know', () => {
    expect(() => read({ Name: 'Dont exist', Value: 'x' })).toThrow(
      /^There is not a connector property that matches name 'Dont exist'\.$/,
    )
  })

  test('of a long name is not repeated at length', () => {
    const Name = 'x'.repeat(2000)
    expect(() => read({ Name, Value: 'x' })).toThrow(/'x{100}'\.$/)
  })

  test.each([
    ['http://contoso.crm4.dynamics.com', 'Did you mean https://contoso.crm4.dynamics.com?'],
    ['contoso.crm4.dynamics.com', 'Did you mean https://contoso.crm4.dynamics.com?'],
    [`${RESOURCE}/main.aspx?appid=1`, 'Did you mean https://contoso.crm4.dynamics.com?'],
    ['https://contoso.api.crm4.dynamics.com', 'Did you mean https://contoso.crm4.dynamics.com?'],
    ['https://evil.example', 'Send the address as the browser shows it'],
    [`${RESOURCE} offline_access`, 'Send the address as the browser shows it'],
    ['https://contoso.crm.dynamics.cn', 'environments of the cloud china are not enabled'],
  ])('of %s is refused with what to do', (Value, hint) => {
    expect(() => read({ Name: 'Resource', Value })).toThrow(hint)
  })
})

describe('an account connector', () => {
  test('has the shape that clients know, and more beside it', () => {
    const connection = aConnection({ refreshedAt: at(11) })
    expect(accountConnector(connection)).toEqual({
      Id: connection.id,
      Name: 'Dynamics',
      Description: 'The sales environment',
      AuthValue: null,
      Authenticated: true,
      Connector: CONNECTOR,
      IsPartnerIntegrationConnector: false,
      Properties: [{ Name: 'Resource', Value: RESOURCE, Id: 1, AccountConnectorId: connection.id }],
      CustomFields: [],
      Status: 'connected',
      Reason: null,
      Environment: {
        Url: RESOURCE,
        TenantId: TENANT,
        OrganizationId: ENVIRONMENT.organizationId,
        UserId: ENVIRONMENT.userId,
        BusinessUnitId: ENVIRONMENT.businessUnitId,
      },
      User: {
        TenantId: TENANT,
        ObjectId: aUser().objectId,
        Name: 'Ada Lovelace',
        Username: 'ada@contoso.example',
      },
      LastFailure: null,
      CreatedAtUtc: utc(connection.createdAt),
      ConnectedAtUtc: utc(at(9)),
      RefreshedAtUtc: utc(at(11)),
      NextRefreshAtUtc: utc(connection.nextRefreshAt ?? at(0)),
    })
  })

  test('that is not connected says so, and why', () => {
    const connection = aConnection({
      status: 'reauthorization_required',
      reason: aReason(),
      failure: { code: 'http_503', at: at(0), count: 3 },
      description: undefined,
      resource: undefined,
      environment: undefined,
      user: undefined,
      connectedAt: undefined,
      nextRefreshAt: undefined,
    })
    expect(accountConnector(connection)).toMatchObject({
      Authenticated: false,
      Description: null,
      Properties: [],
      Status: 'reauthorization_required',
      Reason: { Code: 'AADSTS50173', Who: 'user', Message: messageOf(aReason()), At: utc(at(0)) },
      Environment: null,
      User: null,
      LastFailure: { Code: 'http_503', At: utc(at(0)), Count: 3 },
      ConnectedAtUtc: null,
      RefreshedAtUtc: null,
      NextRefreshAtUtc: null,
    })
  })

  test('shows no token, sealed or not, and no login hint', () => {
    const shown = JSON.stringify(accountConnector(aConnection()))
    expect(shown).not.toMatch(/seal|token|hint-of-ada/i)
  })

  test('has times with seven digits', () => {
    expect(utc(new Date('2017-12-08T11:02:48.743Z'))).toBe('2017-12-08T11:02:48.7430000Z')
    expect(utc(new Date('2017-12-08T11:02:48Z'))).toBe('2017-12-08T11:02:48.0000000Z')
  })
})

describe('a connection without a grant', () => {
  test.each(['pending', 'disconnected'] as const)('that is %s wants a first sign-in', (status) => {
    expect(notConnected({ status, reason: undefined })).toMatchObject({
      code: 'not_connected',
      message: `the connection is ${status}; let a user sign in first`,
    })
  })

  test('whose grant has ended says who must act', () => {
    const reason = aReason()
    expect(notConnected({ status: 'reauthorization_required', reason })).toMatchObject({
      code: 'reauthorization_required',
      message: `the connection needs a new sign-in (AADSTS50173, user): ${messageOf(reason)}`,
    })
  })
})
