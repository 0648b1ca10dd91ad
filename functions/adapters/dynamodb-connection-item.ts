import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Authority } from '../domain/authority.ts'
import type {
  Connection,
  Environment,
  RefreshFailure,
  SealedTokenSet,
  User,
} from '../domain/connection.ts'
import type { Reason } from '../domain/reason.ts'
import type { Resource } from '../domain/resource.ts'
import { ServiceError } from '../domain/service-error.ts'
import { situationNamed } from '../domain/situations.ts'
import {
  bytes,
  guid,
  type Item,
  map,
  number,
  readBytes,
  readGuid,
  readNumber,
  readOptionalMap,
  readOptionalText,
  readOptionalTime,
  readText,
  readTime,
  readWord,
  text,
  time,
} from './dynamodb-item.ts'

const STATUSES = ['pending', 'connected', 'reauthorization_required', 'disconnected'] as const
const WHO = ['user', 'administrator', 'application_owner', 'nobody'] as const

/** The key of a connection's item. */
export function connectionKey(connectionId: number): { readonly pk: AttributeValue } {
  return { pk: text(`connection#${connectionId}`) }
}

/** The key of the settings item. */
export const SETTINGS_KEY = { pk: text('settings') } as const

/** The form of a connection's item; one of a later version is read and written by that version alone. */
export const ITEM_FORMAT = 1

/** Every attribute but the token set, for whoever has no business with tokens. */
export const ATTRIBUTES_WITHOUT_TOKENS = [
  'connectionId',
  'accountId',
  'name',
  'description',
  'status',
  'reason',
  'resource',
  'generation',
  'authority',
  'user',
  'environment',
  'createdAt',
  'connectedAt',
  'connectedBy',
  'refreshedAt',
  'nextRefreshAt',
  'hotUntil',
  'failure',
  'claims',
  'format',
] as const

/** @throws ServiceError `item_malformed` when an attribute is missing or of another type. */
export function connectionFromItem(item: Item): Connection {
  requireKnownFormat(item)
  return {
    id: readNumber(item, 'connectionId'),
    accountId: readText(item, 'accountId'),
    name: readText(item, 'name'),
    description: readOptionalText(item, 'description'),
    status: readWord(item, 'status', STATUSES),
    reason: readOptionalMap(item, 'reason', readReason),
    claims: readOptionalText(item, 'claims'),
    // Only what `parseResource` accepted is ever stored.
    resource: readOptionalText(item, 'resource') as Resource | undefined,
    generation: readNumber(item, 'generation'),
    tokenSet: readOptionalMap(item, 'tokenSet', readTokenSet),
    authority: readOptionalMap(item, 'authority', readAuthority),
    user: readOptionalMap(item, 'user', readUser),
    environment: readOptionalMap(item, 'environment', readEnvironment),
    createdAt: readTime(item, 'createdAt'),
    connectedAt: readOptionalTime(item, 'connectedAt'),
    connectedBy: readOptionalText(item, 'connectedBy'),
    refreshedAt: readOptionalTime(item, 'refreshedAt'),
    nextRefreshAt: readOptionalTime(item, 'nextRefreshAt'),
    hotUntil: readOptionalTime(item, 'hotUntil'),
    failure: readOptionalMap(item, 'failure', readFailure),
  }
}

function requireKnownFormat(item: Item): void {
  const format = readNumber(item, 'format')
  if (format <= ITEM_FORMAT) return
  throw new ServiceError('a stored item was written by a later version; deploy that version', {
    code: 'item_malformed',
    evidence: { format },
  })
}

export function writeTokenSet(tokenSet: SealedTokenSet): AttributeValue {
  return map({
    access: bytes(tokenSet.sealedAccessToken),
    refresh: bytes(tokenSet.sealedRefreshToken),
    expiresAt: time(tokenSet.accessTokenExpiresAt),
    obtainedAt: time(tokenSet.obtainedAt),
  })
}

export function readTokenSet(item: Item): SealedTokenSet {
  return {
    sealedAccessToken: readBytes(item, 'access'),
    sealedRefreshToken: readBytes(item, 'refresh'),
    accessTokenExpiresAt: readTime(item, 'expiresAt'),
    obtainedAt: readTime(item, 'obtainedAt'),
  }
}

export function writeAuthority(authority: Authority): AttributeValue {
  return map({ loginHost: text(authority.loginHost), tenant: guid(authority.tenant) })
}

export function readAuthority(item: Item): Authority {
  return { loginHost: readText(item, 'loginHost'), tenant: readGuid(item, 'tenant') }
}

export function writeUser(user: User): AttributeValue {
  return map({
    tenantId: guid(user.tenantId),
    objectId: guid(user.objectId),
    name: text(user.name),
    username: text(user.username),
    loginHint: text(user.loginHint),
  })
}

export function readUser(item: Item): User {
  return {
    tenantId: readGuid(item, 'tenantId'),
    objectId: readGuid(item, 'objectId'),
    name: readOptionalText(item, 'name'),
    username: readOptionalText(item, 'username'),
    loginHint: readOptionalText(item, 'loginHint'),
  }
}

export function writeEnvironment(environment: Environment): AttributeValue {
  return map({
    organizationId: guid(environment.organizationId),
    userId: guid(environment.userId),
    businessUnitId: guid(environment.businessUnitId),
  })
}

export function readEnvironment(item: Item): Environment {
  return {
    organizationId: readGuid(item, 'organizationId'),
    userId: readGuid(item, 'userId'),
    businessUnitId: readGuid(item, 'businessUnitId'),
  }
}

export function writeReason(reason: Reason): AttributeValue {
  return map({
    code: text(reason.code),
    who: text(reason.who),
    situation: text(reason.situation),
    at: time(reason.at),
  })
}

export function readReason(item: Item): Reason {
  return {
    code: readText(item, 'code'),
    who: readWord(item, 'who', WHO),
    situation: situationNamed(readText(item, 'situation')),
    at: readTime(item, 'at'),
  }
}

export function writeFailure(failure: RefreshFailure): AttributeValue {
  return map({
    code: text(failure.code),
    at: time(failure.at),
    count: number(failure.count),
  })
}

function readFailure(item: Item): RefreshFailure {
  return {
    code: readText(item, 'code'),
    at: readTime(item, 'at'),
    count: readNumber(item, 'count'),
  }
}
