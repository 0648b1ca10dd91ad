import { CONNECTOR, isConnectorId, isConnectorName } from '../http/connector.ts'
import { pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { CONNECTOR_QUERY } from '../http/schemas/connector-query.ts'
import { parsedQuery } from '../http/schemas/parse.ts'
import { type ApiDependencies, type ApiRequest, notFound } from './dependencies.ts'

/** The catalogue: an array by name, an object by id, as existing client code expects. */
export const catalogue = {
  'GET /v1.0/connectors': async (
    _deps: ApiDependencies,
    { http }: ApiRequest,
  ): Promise<HttpResponse> => {
    const { query } = parsedQuery(CONNECTOR_QUERY, http)
    const isWanted = CONNECTOR.Name.toLowerCase().includes(query.toLowerCase())
    return json(isWanted ? [CONNECTOR] : [])
  },

  'GET /v1.0/connectors/{connector}': async (
    _deps: ApiDependencies,
    { http }: ApiRequest,
  ): Promise<HttpResponse> => {
    const named = pathVariable(http, 'connector')
    if (isConnectorId(named)) return json(CONNECTOR)
    if (isConnectorName(named)) return json([CONNECTOR])
    throw notFound(`there is no connector '${named.slice(0, 100)}'; see GET /v1.0/connectors`)
  },
}
