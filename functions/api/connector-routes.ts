import { installConnection, relabelConnection } from '../domain/install-connection.ts'
import type { Resource } from '../domain/resource.ts'
import { ServiceError } from '../domain/service-error.ts'
import { accountOf } from '../http/account.ts'
import { accountConnector } from '../http/account-connector.ts'
import { refreshTokenOf } from '../http/auth-value.ts'
import { CONNECTOR_NAME, isConnectorId, isConnectorName } from '../http/connector.ts'
import {
  flag,
  type JsonObject,
  optionalObjects,
  optionalText,
  wholeNumber,
} from '../http/fields.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { resourcePropertyOf } from '../http/property.ts'
import { jsonBodyOf, pathVariable, queryOf } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import {
  type ApiDependencies,
  type ApiRequest,
  connectionOf,
  notFound,
  stillThere,
} from './dependencies.ts'
import { importTokens } from './import-tokens.ts'

const DEFAULT_PAGE_SIZE = 25
const LARGEST_PAGE_SIZE = 100
const LAST_PAGE = 1_000_000

/** Account connectors: what the account has installed. */
export const connectorRoutes = {
  'POST /v1.0/connectors/{connector}/install': async (
    deps: ApiDependencies,
    { http, caller }: ApiRequest,
  ): Promise<HttpResponse> => {
    const named = pathVariable(http, 'connector')
    if (!isConnectorId(named) && !isConnectorName(named)) {
      throw notFound(`there is no connector '${named.slice(0, 100)}'; see GET /v1.0/connectors`)
    }
    const accountId = accountOf(http, caller)
    const body = jsonBodyOf(http)
    refuseAuthValue(body)
    const connection = {
      accountId,
      name: nameOf(body),
      description: optionalText(body, 'Description'),
      resource: resourceAtInstall(deps, body),
    }
    return json(accountConnector(await installConnection(deps, connection, CONNECTOR_NAME)))
  },

  'GET /v1.0/account/connectors': async (
    deps: ApiDependencies,
    { http, caller }: ApiRequest,
  ): Promise<HttpResponse> => {
    const query = queryOf(http)
    const page = wholeNumber(query, 'page', { from: 1, to: LAST_PAGE, otherwise: 1 })
    const sizes = { from: 1, to: LARGEST_PAGE_SIZE, otherwise: DEFAULT_PAGE_SIZE }
    const pageSize = wholeNumber(query, 'pageSize', sizes)
    const ascending = flag(query, 'sortOrderAsc', true)
    const accountId = accountOf(http, caller)
    const connections = await deps.connections.list(accountId, { page, pageSize, ascending })
    return json(connections.map(accountConnector))
  },

  'GET /v1.0/account/connectors/{id}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => json(accountConnector(await connectionOf(deps, request))),

  'PUT /v1.0/account/connectors/{id}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    const body = jsonBodyOf(request.http)
    const refreshToken = refreshTokenOf(body)
    const name = nameOf(body)
    const labels = {
      ...(name === undefined ? {} : { name }),
      ...('Description' in body ? { description: optionalText(body, 'Description') } : {}),
    }
    if (refreshToken !== undefined) await importTokens(deps, connection, refreshToken)
    const relabelled = await relabelConnection(deps, connection, labels)
    return json(accountConnector(stillThere(relabelled)))
  },

  'DELETE /v1.0/account/connectors/{id}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    if (!(await deps.connections.remove(connection))) throw noSuchConnector()
    return json({ Message: `Connector '${connection.name}' successfully deleted.` })
  },

  'PUT /v1.0/account/connectors/{id}/deauthenticate': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    stillThere(await deps.connections.disconnect(connection))
    return json({ Message: `Connector '${connection.name}' successfully de-authenticated.` })
  },
}

function nameOf(body: JsonObject): string | undefined {
  const name = optionalText(body, 'Name')
  if (name === undefined) return undefined
  if (name.trim() === '' || name.length > 200) {
    throw new ServiceError('Name is required; send 1 to 200 characters', {
      code: 'request_invalid',
    })
  }
  return name
}

function resourceAtInstall(deps: ApiDependencies, body: JsonObject): Resource | undefined {
  const resources = optionalObjects(body, 'Properties').map((property) =>
    resourcePropertyOf(property, deps.clouds),
  )
  if (resources.length > 1) {
    throw new ServiceError('send the property Resource once', { code: 'request_invalid' })
  }
  return resources[0]
}

/** Better refused than accepted and forgotten. */
function refuseAuthValue(body: JsonObject): void {
  if (body.AuthValue === undefined || body.AuthValue === null) return
  throw new ServiceError(
    'AuthValue is not taken here; install the connector first, then send it by PUT',
    { code: 'request_invalid' },
  )
}
