import type { Connection } from '../domain/connection.ts'
import { propertiesOf } from '../http/account-connector.ts'
import { RESOURCE_PROPERTY } from '../http/connector.ts'
import { idOf } from '../http/id.ts'
import { resourcePropertyOf } from '../http/property.ts'
import { jsonBodyOf, pathVariable, queryOf } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { WireProperty } from '../http/schemas/account-connector.ts'
import { PROPERTY_CHANGE, PROPERTY_REQUEST } from '../http/schemas/account-connector-request.ts'
import { parsed } from '../http/schemas/parse.ts'
import {
  type ApiDependencies,
  type ApiRequest,
  connectionOf,
  notFound,
  stillThere,
} from './dependencies.ts'

/** The properties of one account connector: today the environment's URL. */
export const propertyRoutes = {
  'GET /v1.0/account/connectors/{id}/properties': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    queryOf(request.http)
    return json(propertiesOf(await connectionOf(deps, request)))
  },

  'POST /v1.0/account/connectors/{id}/properties': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    return setResource(deps, connection, parsed(PROPERTY_REQUEST, jsonBodyOf(request.http)))
  },

  'GET /v1.0/account/connectors/{id}/properties/{propertyId}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => json(propertyOf(await connectionOf(deps, request), request)),

  'PUT /v1.0/account/connectors/{id}/properties/{propertyId}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    const { Name } = propertyOf(connection, request)
    const { Value, ...named } = parsed(PROPERTY_CHANGE, jsonBodyOf(request.http))
    // The name may be left out, since the path says which property it is.
    return setResource(deps, connection, { Name: named.Name ?? Name, Value })
  },

  'DELETE /v1.0/account/connectors/{id}/properties/{propertyId}': async (
    deps: ApiDependencies,
    request: ApiRequest,
  ): Promise<HttpResponse> => {
    const connection = await connectionOf(deps, request)
    const property = propertyOf(connection, request)
    stillThere(await deps.connections.setResource(connection, undefined))
    return json(property)
  },
}

async function setResource(
  deps: ApiDependencies,
  connection: Connection,
  property: { readonly Name: string; readonly Value: string },
): Promise<HttpResponse> {
  const resource = resourcePropertyOf(property, deps.clouds)
  const [stored] = propertiesOf(
    stillThere(await deps.connections.setResource(connection, resource)),
  )
  return json(stored)
}

function propertyOf(connection: Connection, { http }: ApiRequest): WireProperty {
  const propertyId = idOf(pathVariable(http, 'propertyId'))
  const property = propertiesOf(connection).find(({ Id }) => Id === propertyId)
  if (property === undefined) {
    throw notFound(
      `this account connector has no property with that id; POST its ${RESOURCE_PROPERTY.name} first`,
    )
  }
  return property
}
