import { ServiceError } from '../domain/service-error.ts'
import { jsonObjectOf } from './json-object.ts'

/** The sort key of an index. */
export type SortValue = string | number

/** What DynamoDB takes, in bytes. */
const LONGEST_SORT_KEY = 1024

/** How far the directory has been read. */
export interface Position {
  /** Which of the lists that are read one after the other. */
  readonly list: number
  /** The sort key of the last row; `undefined` at the beginning of the list. */
  readonly at: SortValue | undefined
  /** The last of the rows with that very sort key in each partition that has had one. */
  readonly passed: Readonly<Record<string, number>>
}

/** A connection that was found, or none when it is time to stop, and how far that is. */
export interface Found<T> {
  readonly one: T | undefined
  readonly after: Position
}

/** At the beginning of a list. */
export function beginningOf(list: number): Position {
  return { list, at: undefined, passed: {} }
}

/** The first of what is found, so many, and the cursor from which to go on if there is more. */
export async function pageOf<T>(
  found: AsyncIterable<Found<T>>,
  pageSize: number,
): Promise<{ readonly all: readonly T[]; readonly next: string | undefined }> {
  const all: T[] = []
  let last: Position | undefined
  for await (const { one, after } of found) {
    if (one === undefined) return { all, next: cursorOf(after) }
    if (last !== undefined && all.length >= pageSize) return { all, next: cursorOf(last) }
    all.push(one)
    last = after
  }
  return { all, next: undefined }
}

function cursorOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws ServiceError `request_invalid` when it is none that `pageOf` made. */
export function positionOf(cursor: string): Position {
  const stored = jsonObjectOf(Buffer.from(cursor, 'base64url').toString()) ?? {}
  const { list, at } = stored
  const passed = idsOf(stored.passed)
  const isAtStart = at === undefined
  if (!isWhole(list) || !(isAtStart || isSortValue(at)) || passed === undefined) {
    throw unknownCursor()
  }
  return { list, at, passed }
}

/** A cursor that was altered, or belongs to another query. */
export function unknownCursor(): ServiceError {
  return new ServiceError('the place in the list is not known; start the list again', {
    code: 'request_invalid',
  })
}

function isSortValue(value: unknown): value is SortValue {
  if (typeof value !== 'string') return isWhole(value)
  return value !== '' && Buffer.byteLength(value) <= LONGEST_SORT_KEY
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function idsOf(value: unknown): Readonly<Record<string, number>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const ids: [string, unknown][] = Object.entries(value)
  const areIds = ids.every((entry): entry is [string, number] => isWhole(entry[1]))
  return areIds ? Object.fromEntries(ids) : undefined
}
