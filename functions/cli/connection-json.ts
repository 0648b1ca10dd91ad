import type { Connection, Environment, RefreshFailure, User } from '../client/connection.ts'
import type { Reason } from '../client/errors.ts'

/** A connection, with its account where that is known. */
export type ShownConnection = Connection & { readonly accountId?: string | undefined }

type Json = Readonly<Record<string, unknown>>

/** A connection under the names of the HTTP API; everything but tokens, which no answer holds. */
export function connectionJson(connection: ShownConnection): Json {
  return {
    AccountId: connection.accountId ?? null,
    Id: connection.id,
    Name: connection.name,
    Description: connection.description ?? null,
    Status: connection.status,
    Resource: connection.resource ?? null,
    Reason: orNull(connection.reason, reasonJson),
    Environment: orNull(connection.environment, environmentJson),
    User: orNull(connection.user, userJson),
    LastFailure: orNull(connection.lastFailure, failureJson),
    CreatedAtUtc: connection.createdAt,
    ConnectedAtUtc: connection.connectedAt ?? null,
    RefreshedAtUtc: connection.refreshedAt ?? null,
    NextRefreshAtUtc: connection.nextRefreshAt ?? null,
  }
}

function orNull<Value>(value: Value | undefined, json: (value: Value) => Json): Json | null {
  return value === undefined ? null : json(value)
}

function reasonJson({ code, who, message, at }: Reason): Json {
  return { Code: code, Who: who, Message: message, At: at }
}

function environmentJson(environment: Environment): Json {
  const { tenantId, organizationId, userId, businessUnitId } = environment
  return {
    TenantId: tenantId ?? null,
    OrganizationId: organizationId,
    UserId: userId,
    BusinessUnitId: businessUnitId,
  }
}

function userJson({ tenantId, objectId, name, username }: User): Json {
  return { TenantId: tenantId, ObjectId: objectId, Name: name ?? null, Username: username ?? null }
}

function failureJson({ code, at, count }: RefreshFailure): Json {
  return { Code: code, At: at, Count: count }
}
