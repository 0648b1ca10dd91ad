import { installConnection, relabelConnection } from '../domain/install-connection.ts'
import { accountOf } from '../http/account.ts'
import { accountConnector } from '../http/account-connector.ts'
import { CONNECTOR_NAME, isConnectorId, isConnectorName } from '../http/connector.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { resourcePropertyOf } from '../http/property.ts'
import { jsonBodyOf, pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { Done } from '../http/schemas/account-connector.ts'
import {
  ACCOUNT_CONNECTOR_CHANGE,
  ACCOUNT_CONNECTOR_QUERY,
  INSTALL_REQUEST,
} from '../http/schemas/account-connector-request.ts'
import { parsed, parsedQuery } from '../http/schemas/parse.ts'
import {
  type ApiDependencies,
  type ApiRequest,
  connectionOf,
  notFound,
  stillThere,
} from './dependencies.ts'
import { importTokens } from './import-tokens.ts'

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
    const { Name, Description, Properties } = parsed(INSTALL_REQUEST, jsonBodyOf(http))
    const [property] = Properties
    const connection = {
      accountId,
      name: Name ?? undefined,
      description: Description ?? undefined,
      resource: property && resourcePropertyOf(property, deps.clouds),
    }
    return json(accountConnector(await installConnection(deps, connection, CONNECTOR_NAME)))
  },

  'GET /v1.0/account/connectors': async (
    deps: ApiDependencies,
    { http, caller }: ApiRequest,
  ): Promise<HttpResponse> => {
    const { page, pageSize, sortOrderAsc: ascending } = parsedQuery(ACCOUNT_CONNECTOR_QUERY, http)
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
    const body = parsed(ACCOUNT_CONNECTOR_CHANGE, jsonBodyOf(request.http))
    const { AuthValue: tokens, Name: name, Description: description } = body
    const labels = {
      ...(name ? { name } : {}),
      ...(description === undefined ? {} : { description: description ?? undefined }),
    }
    if (tokens) await importTokens(deps, connection, tokens.RefreshToken)
    const relabelled = await relabelConnection(deps, connection, labels)
    return json(accountConnector(stillThere(relabelled)))
  },

  'DELETE /v1.0/account/connectors/{id}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    if (!(await deps.connections.remove(connection))) throw noSuchConnector()
    return json({ Message: `Connector '${connection.name}' successfully deleted.` } satisfies Done)
  },

  'PUT /v1.0/account/connectors/{id}/deauthenticate': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    stillThere(await deps.connections.disconnect(connection))
    return json({
      Message: `Connector '${connection.name}' successfully de-authenticated.`,
    } satisfies Done)
  },
}
