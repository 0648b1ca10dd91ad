import { describe, expect, test } from 'vitest'
import { ROUTES } from '../../../../functions/http/routes.ts'
import { createRouteTable } from '../../../../infra/local/route-table.ts'

const routeOf = createRouteTable(ROUTES)

describe('the routes of the service', () => {
  test.each([
    ['POST /oauth/token', 'api', 'POST /oauth/token'],
    ['GET /connector/callback', 'callback', 'GET /connector/callback'],
    ['GET /connector/authorize', 'authorize', 'GET /connector/authorize'],
    ['POST /connector/authorize', 'authorize', 'POST /connector/authorize'],
    ['POST /connector/again', 'authorize', 'POST /connector/again'],
    ['POST /connector/environment', 'callback', 'POST /connector/environment'],
    ['GET /ConnectorAuth/UpdateOAuth', 'authorize', 'GET /{controller}/{action}'],
    ['GET /help/aadsts/65001', 'authorize', 'GET /help/aadsts/{code}'],
    ['GET /connect.js', 'authorize', 'GET /connect.js'],
    ['GET /v1.0/connectors', 'api', 'GET /v1.0/connectors'],
    ['POST /v1.0/connectors/1/install', 'api', 'POST /v1.0/connectors/{connector}/install'],
    ['GET /v1.0/account/connectors', 'api', 'GET /v1.0/account/connectors'],
    ['GET /v1.0/account/connectors/7/token', 'token', 'GET /v1.0/account/connectors/{id}/token'],
    [
      'POST /v1.0/account/connectors/7/complete',
      'refresh',
      'POST /v1.0/account/connectors/{id}/complete',
    ],
  ])('%s goes to %s by %s', (request, functionName, routeKey) => {
    const [method = '', path = ''] = request.split(' ')
    expect(routeOf(method, path)).toMatchObject({ functionName, routeKey })
  })

  test.each([
    ['/v1.0/account/connectors/7/properties/1', { id: '7', propertyId: '1' }],
    [
      '/v1.0/connectors/Microsoft%20Dynamics%20CRM%20Online',
      { connector: 'Microsoft Dynamics CRM Online' },
    ],
    ['/v1.0/connectors/100%', { connector: '100%' }],
    ['/v1.0/connectors', {}],
  ])('the variables of %s are decoded', (path, pathParameters) => {
    expect(routeOf('GET', path)?.pathParameters).toEqual(pathParameters)
  })

  test.each([
    ['another letter case', 'GET', '/v1.0/Account/connectors'],
    ['another method', 'DELETE', '/oauth/token'],
    ['HEAD, which is not GET', 'HEAD', '/v1.0/connectors'],
    ['a slash at the end', 'GET', '/v1.0/account/connectors/'],
    ['an empty segment for a variable', 'GET', '/v1.0/account/connectors//token'],
    ['the root', 'GET', '/'],
    ['HEAD on a link, as by a mail scanner,', 'HEAD', '/connector/authorize'],
    ['a form at another path', 'POST', '/connectorauth/updateaccountconnectoroauth'],
    ['another method than that of the form', 'PUT', '/connector/again'],
    ['a deeper path', 'GET', '/v1.0/account/connectors/7/token/more'],
  ])('%s takes the default route', (_, method, path) => {
    expect(routeOf(method, path)).toEqual({
      functionName: 'api',
      routeKey: '$default',
      pathParameters: {},
    })
  })
})

test('the route that is exact in the earlier segment wins, whatever the order of the table', () => {
  const route = createRouteTable({
    variable: ['GET /{a}/exact', 'GET /{a}/{b}'],
    exact: ['GET /exact/{b}', 'GET /exact/exact'],
  })
  expect(route('GET', '/exact/exact')?.routeKey).toBe('GET /exact/exact')
  expect(route('GET', '/exact/other')?.routeKey).toBe('GET /exact/{b}')
  expect(route('GET', '/other/exact')?.routeKey).toBe('GET /{a}/exact')
  expect(route('GET', '/other/other')?.routeKey).toBe('GET /{a}/{b}')
})

test('without a default route nothing serves what no route matches', () => {
  expect(createRouteTable({ api: ['GET /here'] })('GET', '/there')).toBeUndefined()
})
