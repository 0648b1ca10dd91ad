import type { Reason } from './errors.ts'
import {
  type JsonObject,
  listOf,
  number,
  objectOf,
  oneOf,
  optionalObject,
  optionalText,
  optionalTime,
  text,
  time,
} from './json.ts'
import { reasonOf } from './reason.ts'

/**
 * - `pending`: nobody has signed in yet
 * - `connected`: tokens can be had
 * - `reauthorization_required`: Microsoft wants a person to act, see `reason`
 * - `disconnected`: the tokens were forgotten because you asked for it
 */
export type ConnectionStatus = 'pending' | 'connected' | 'reauthorization_required' | 'disconnected'

/** One account's link to one Dynamics 365 environment. */
export interface Connection {
  readonly id: number
  readonly name: string
  readonly description: string | undefined
  readonly status: ConnectionStatus
  /** Why somebody must act; also of a connected one, that could not be renewed just now. */
  readonly reason: Reason | undefined
  /** The environment's address, `https://contoso.crm4.dynamics.com`. */
  readonly resource: string | undefined
  readonly environment: Environment | undefined
  /** Who signed in. */
  readonly user: User | undefined
  /** The last renewal that did not work, while the connection stays as it is. */
  readonly lastFailure: RefreshFailure | undefined
  readonly createdAt: Date
  readonly connectedAt: Date | undefined
  readonly refreshedAt: Date | undefined
  readonly nextRefreshAt: Date | undefined
}

/** A connection with the account that it belongs to. */
export interface AccountConnection extends Connection {
  readonly accountId: string
}

/** What the environment said of itself and of who signed in. */
export interface Environment {
  readonly tenantId: string | undefined
  readonly organizationId: string
  readonly userId: string
  readonly businessUnitId: string
}

/** A person of the customer: known by tenant and object id, the rest is to be shown. */
export interface User {
  readonly tenantId: string
  readonly objectId: string
  readonly name: string | undefined
  readonly username: string | undefined
}

export interface RefreshFailure {
  readonly code: string
  readonly at: Date
  /** How many in a row. */
  readonly count: number
}

const STATUSES: readonly ConnectionStatus[] = [
  'pending',
  'connected',
  'reauthorization_required',
  'disconnected',
]

/** @throws UnexpectedAnswer */
export function connectionOf(answer: unknown): Connection {
  const json = objectOf(answer)
  return {
    id: number(json, 'Id'),
    name: text(json, 'Name'),
    description: optionalText(json, 'Description'),
    status: oneOf(json, 'Status', STATUSES),
    reason: reasonOf(optionalObject(json, 'Reason')),
    resource: resourceOf(json),
    environment: environmentOf(optionalObject(json, 'Environment')),
    user: userOf(optionalObject(json, 'User')),
    lastFailure: failureOf(optionalObject(json, 'LastFailure')),
    createdAt: time(json, 'CreatedAtUtc'),
    connectedAt: optionalTime(json, 'ConnectedAtUtc'),
    refreshedAt: optionalTime(json, 'RefreshedAtUtc'),
    nextRefreshAt: optionalTime(json, 'NextRefreshAtUtc'),
  }
}

/** @throws UnexpectedAnswer */
export function accountConnectionOf(answer: unknown): AccountConnection {
  return { accountId: text(objectOf(answer), 'AccountId'), ...connectionOf(answer) }
}

function resourceOf(json: JsonObject): string | undefined {
  const property = listOf(json.Properties).find(({ Name }) => Name === 'Resource')
  return property && text(property, 'Value')
}

function environmentOf(json: JsonObject | undefined): Environment | undefined {
  return (
    json && {
      tenantId: optionalText(json, 'TenantId'),
      organizationId: text(json, 'OrganizationId'),
      userId: text(json, 'UserId'),
      businessUnitId: text(json, 'BusinessUnitId'),
    }
  )
}

function userOf(json: JsonObject | undefined): User | undefined {
  return (
    json && {
      tenantId: text(json, 'TenantId'),
      objectId: text(json, 'ObjectId'),
      name: optionalText(json, 'Name'),
      username: optionalText(json, 'Username'),
    }
  )
}

function failureOf(json: JsonObject | undefined): RefreshFailure | undefined {
  return json && { code: text(json, 'Code'), at: time(json, 'At'), count: number(json, 'Count') }
}
