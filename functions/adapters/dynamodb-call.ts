import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { ServiceError } from '../domain/service-error.ts'
import { type Attributes, itemOf } from './dynamodb-item.ts'

/**
 * Waits for DynamoDB's answer.
 * @throws ServiceError `store_unavailable` in place of whatever the SDK throws.
 */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw unavailable(error)
  }
}

/** Waits for a conditional write: `undefined` when its condition did not hold. */
export async function answeredIf<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw unavailable(error)
  }
}

/** Reads pages, with errors as `answered`. */
export async function* answeredPages<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]()
  for (;;) {
    const step = await answered(iterator.next())
    if (step.done) return
    yield step.value
  }
}

function unavailable(error: unknown): ServiceError {
  const name = error instanceof Error ? error.name : 'unknown'
  return new ServiceError('the store did not answer; try again in a moment', {
    code: 'store_unavailable',
    cause: error,
    evidence: { name },
  })
}

/** A write of some attributes, perhaps on a condition; `undefined` ones in `set` are removed. */
export interface AttributeUpdate {
  readonly set: Attributes
  /** A condition expression; names as `#name`, values as `:name`. */
  readonly condition?: string
  /** The values that only the condition uses, by the name behind the colon. */
  readonly values?: Attributes
}

/** The expressions of an UpdateItem call: every attribute by its own name, so that none is reserved. */
export function updateExpressions(
  update: AttributeUpdate,
): Pick<
  UpdateItemCommandInput,
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
> {
  const present = itemOf(update.set)
  const absent = Object.keys(update.set).filter((name) => update.set[name] === undefined)
  const sets = Object.keys(present).map((name) => `#${name} = :${name}`)
  const removes = absent.map((name) => `#${name}`)
  const clauses = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ]
  const inCondition = [...(update.condition ?? '').matchAll(/#(\w+)/g)].map(
    (match) => match[1] ?? '',
  )
  const names = new Set([...Object.keys(update.set), ...inCondition])
  const values: Record<string, AttributeValue> = { ...present, ...itemOf(update.values ?? {}) }
  return {
    UpdateExpression: clauses.join(' ').trim(),
    ConditionExpression: update.condition,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: valuesOrNone(values),
  }
}

/** DynamoDB takes no empty set of values. */
function valuesOrNone(
  values: Readonly<Record<string, AttributeValue>>,
): Record<string, AttributeValue> | undefined {
  const named = Object.entries(values).map(([name, value]) => [`:${name}`, value] as const)
  return named.length === 0 ? undefined : Object.fromEntries(named)
}
