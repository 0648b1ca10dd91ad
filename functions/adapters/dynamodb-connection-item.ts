import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Authority } from '../domain/authority.ts'
import type {
  Connection,
  Environment,
  RefreshFailure,
  SealedTokenSet,
  User,
} from '../domain/connection.ts'
import { EVERY_WHO, type Reason } from '../domain/reason.ts'
import type { Resource } from '../domain/resource.ts'
import { ServiceError } from '../domain/service-error.ts'
import { situationNamed } from '../domain/situations.ts'
import {
  type Attributes,
  bytes,
  guid,
  type Item,
  map,
  number,
  readBytes,
  readGuid,
  readNumber,
  readOptionalDigest,
  readOptionalMap,
  readOptionalText,
  readOptionalTime,
  readText,
  readTime,
  readWord,
  text,
  time,
} from './dynamodb-item.ts'
import { readUser } from './dynamodb-user.ts'
import { CONNECTION_KEY_PREFIX, STORED_AS } from './table-schema.ts'

export const STATUSES = [
  'pending',
  'connected',
  'reauthorization_required',
  'disconnected',
] as const

/** The key of a connection's item. */
export function connectionKey(connectionId: number): { readonly pk: AttributeValue.SMember } {
  return { pk: text(`${CONNECTION_KEY_PREFIX}${connectionId}`) }
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
  'userKey',
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
  const userKey = readOptionalText(item, 'userKey')
  const user = readOptionalMap(item, 'user', (map) => readUser(map, userKey))
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
    tokenSet: readOptionalMap(item, 'tokenSet', (map) => readTokenSet(map, item)),
    authority: readOptionalMap(item, 'authority', (map) => readAuthority(map, user)),
    user,
    environment: readOptionalMap(item, 'environment', readEnvironment),
    createdAt: readTime(item, 'createdAt'),
    connectedAt: readOptionalTime(item, 'connectedAt'),
    connectedBy: readOptionalDigest(item, 'connectedBy'),
    refreshedAt: readOptionalTime(item, 'refreshedAt'),
    nextRefreshAt: readOptionalTime(item, 'nextRefreshAt'),
    hotUntil: readOptionalTime(item, 'hotUntil'),
    failure: readOptionalMap(item, 'failure', readFailure),
  }
}

/** @throws ServiceError `item_malformed` when a later version wrote the item. */
export function requireKnownFormat(item: Item): void {
  const format = readNumber(item, 'format')
  if (format <= ITEM_FORMAT) return
  throw new ServiceError('a stored item was written by a later version; deploy that version', {
    code: 'item_malformed',
    evidence: { format },
  })
}

/** The attributes of a token set that a sign-in brought. */
export function signedInTokenSet(tokenSet: SealedTokenSet): Attributes {
  const { obtainedAt } = STORED_AS.tokenSet
  const stored = { ...tokensOf(tokenSet), [obtainedAt]: time(tokenSet.obtainedAt) }
  return { tokenSet: map(stored), refreshedAt: undefined }
}

/** The attributes of a token set that a refresh brought, which was obtained when it was refreshed. */
export function refreshedTokenSet(tokenSet: SealedTokenSet): Attributes {
  return { tokenSet: map(tokensOf(tokenSet)), refreshedAt: time(tokenSet.obtainedAt) }
}

function tokensOf(tokenSet: SealedTokenSet): Attributes {
  const { access, refresh, expiresAt } = STORED_AS.tokenSet
  return {
    [access]: bytes(tokenSet.sealedAccessToken),
    [refresh]: bytes(tokenSet.sealedRefreshToken),
    [expiresAt]: time(tokenSet.accessTokenExpiresAt),
  }
}

export function readTokenSet(stored: Item, item: Item): SealedTokenSet {
  const { access, refresh, expiresAt, obtainedAt } = STORED_AS.tokenSet
  return {
    sealedAccessToken: readBytes(stored, access),
    sealedRefreshToken: readBytes(stored, refresh),
    accessTokenExpiresAt: readTime(stored, expiresAt),
    obtainedAt: readOptionalTime(stored, obtainedAt) ?? readTime(item, 'refreshedAt'),
  }
}

/** @param user whose tenant stands for the authority's own where it is the same */
export function writeAuthority(
  authority: Authority,
  user?: Pick<User, 'tenantId'>,
): AttributeValue {
  const { loginHost, tenant } = STORED_AS.authority
  const isUsersTenant = authority.tenant === user?.tenantId
  return map({
    [loginHost]: text(authority.loginHost),
    [tenant]: isUsersTenant ? undefined : guid(authority.tenant),
  })
}

export function readAuthority(stored: Item, user?: Pick<User, 'tenantId'>): Authority {
  const { loginHost, tenant } = STORED_AS.authority
  const isUsersTenant = user !== undefined && stored[tenant] === undefined
  return {
    loginHost: readText(stored, loginHost),
    tenant: isUsersTenant ? user.tenantId : readGuid(stored, tenant),
  }
}

export function writeEnvironment(environment: Environment): AttributeValue {
  const { organizationId, userId, businessUnitId } = STORED_AS.environment
  return map({
    [organizationId]: guid(environment.organizationId),
    [userId]: guid(environment.userId),
    [businessUnitId]: guid(environment.businessUnitId),
  })
}

export function readEnvironment(stored: Item): Environment {
  const { organizationId, userId, businessUnitId } = STORED_AS.environment
  return {
    organizationId: readGuid(stored, organizationId),
    userId: readGuid(stored, userId),
    businessUnitId: readGuid(stored, businessUnitId),
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
    who: readWord(item, 'who', EVERY_WHO),
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
