import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { AuthorizationOutcome } from '../domain/authorization-request.ts'
import { ENVIRONMENT_PURPOSES, type ListedEnvironment } from '../domain/environment-directory.ts'
import type { Resource } from '../domain/resource.ts'
import { readReason, writeReason } from './dynamodb-connection-item.ts'
import {
  type Attributes,
  bytes,
  type Item,
  map,
  readBytes,
  readMap,
  readOptionalText,
  readText,
  readWord,
  text,
} from './dynamodb-item.ts'
import { readUser, writeUser } from './dynamodb-user.ts'

const OUTCOMES = ['connected', 'confirmation_required', 'environments_offered', 'failed'] as const

/** How an authorization request ended, as a map of its item. */
export function writeOutcome(result: AuthorizationOutcome): AttributeValue {
  return map({ outcome: text(result.outcome), ...detailsOf(result) })
}

function detailsOf(result: AuthorizationOutcome): Attributes {
  switch (result.outcome) {
    case 'connected':
    case 'confirmation_required':
      return {}
    case 'failed': {
      const { reason, account, correlationId } = result
      return {
        reason: writeReason(reason),
        account: text(account),
        correlationId: text(correlationId),
      }
    }
    case 'environments_offered':
      return {
        user: writeUser(result.user),
        refresh: bytes(result.sealedRefreshToken),
        environments: { L: result.environments.map(writeListed) },
      }
  }
}

export function readOutcome(item: Item): AuthorizationOutcome {
  const outcome = readWord(item, 'outcome', OUTCOMES)
  switch (outcome) {
    case 'connected':
    case 'confirmation_required':
      return { outcome }
    case 'failed':
      return {
        outcome,
        reason: readMap(item, 'reason', readReason),
        account: readOptionalText(item, 'account'),
        correlationId: readOptionalText(item, 'correlationId'),
      }
    case 'environments_offered':
      return {
        outcome,
        user: readMap(item, 'user', readUser),
        sealedRefreshToken: readBytes(item, 'refresh'),
        environments: (item.environments?.L ?? []).map(({ M: listed = {} }) => readListed(listed)),
      }
  }
}

function writeListed(environment: ListedEnvironment): AttributeValue {
  return map({
    resource: text(environment.resource),
    name: text(environment.name),
    region: text(environment.region),
    purpose: text(environment.purpose),
  })
}

function readListed(item: Item): ListedEnvironment {
  return {
    // Only what `parseResource` accepted is ever stored.
    resource: readText(item, 'resource') as Resource,
    name: readText(item, 'name'),
    region: readOptionalText(item, 'region'),
    purpose: readWord(item, 'purpose', ENVIRONMENT_PURPOSES),
  }
}
