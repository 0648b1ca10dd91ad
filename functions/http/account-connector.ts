import type { Connection } from '../domain/connection.ts'
import type { Reason } from '../domain/reason.ts'
import { CONNECTOR, RESOURCE_PROPERTY } from './connector.ts'
import { messageOf } from './guidance-text.ts'
import type { AccountConnector, WireProperty } from './schemas/account-connector.ts'
import type { WireReason } from './schemas/reason.ts'

/**
 * A connection as an *account connector*: the shape that existing client code reads, with status,
 * reason, environment, user and times beside it. Tokens are never in it.
 */
export function accountConnector(connection: Connection): AccountConnector {
  return {
    Id: connection.id,
    Name: connection.name,
    Description: connection.description ?? null,
    AuthValue: null,
    Authenticated: connection.status === 'connected',
    Connector: CONNECTOR,
    IsPartnerIntegrationConnector: false,
    Properties: propertiesOf(connection),
    CustomFields: [],
    Status: connection.status,
    Reason: connection.reason ? wireReason(connection.reason) : null,
    Environment: wireEnvironment(connection),
    User: wireUser(connection),
    LastFailure: wireFailure(connection),
    CreatedAtUtc: utc(connection.createdAt),
    ConnectedAtUtc: optionalUtc(connection.connectedAt),
    RefreshedAtUtc: optionalUtc(connection.refreshedAt),
    NextRefreshAtUtc: optionalUtc(connection.nextRefreshAt),
  }
}

/** The properties that are set. */
export function propertiesOf(connection: Connection): readonly WireProperty[] {
  const { id, resource } = connection
  if (resource === undefined) return []
  const { name: Name, id: Id } = RESOURCE_PROPERTY
  return [{ Name, Value: resource, Id, AccountConnectorId: id }]
}

/** A time with seven fraction digits and `Z`: `2017-12-08T11:02:48.7430000Z`. */
export function utc(time: Date): string {
  return time.toISOString().replace('Z', '0000Z')
}

/** Who must act, and why. */
export function wireReason(reason: Reason): WireReason {
  const { code: Code, who: Who, at } = reason
  return { Code, Who, Message: messageOf(reason), At: utc(at) }
}

function optionalUtc(time: Date | undefined): string | null {
  return time ? utc(time) : null
}

function wireEnvironment({ environment, resource, user }: Connection) {
  if (environment === undefined) return null
  return {
    Url: resource ?? null,
    TenantId: user?.tenantId ?? null,
    OrganizationId: environment.organizationId,
    UserId: environment.userId,
    BusinessUnitId: environment.businessUnitId,
  }
}

function wireUser({ user }: Connection) {
  if (user === undefined) return null
  const { tenantId, objectId, name, username } = user
  return {
    TenantId: tenantId,
    ObjectId: objectId,
    Name: name ?? null,
    Username: username ?? null,
  }
}

function wireFailure({ failure }: Connection) {
  if (failure === undefined) return null
  return { Code: failure.code, At: utc(failure.at), Count: failure.count }
}
