import { ServiceError } from '../domain/service-error.ts'

/** A JSON object of a request, not yet looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

const LONGEST_TEXT = 2048

/**
 * A member that has to be a text with something in it.
 * @throws ServiceError `request_invalid`, as every reader here, saying what to send.
 */
export function requiredText(object: JsonObject, name: string): string {
  const value = optionalText(object, name)
  if (value === undefined || value.trim() === '') {
    throw new ServiceError(`${name} is required`, { code: 'request_invalid' })
  }
  return value
}

/** A member that is a text where it is given; `null` is as good as absent. */
export function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) {
    throw new ServiceError(`send ${name} as a text of at most ${LONGEST_TEXT} characters`, {
      code: 'request_invalid',
    })
  }
  return value
}

/** A member that is `true` or `false`, or `false` when it is not given. */
export function optionalFlag(object: JsonObject, name: string): boolean {
  const value = object[name] ?? false
  if (typeof value === 'boolean') return value
  throw new ServiceError(`send ${name} as true or false`, { code: 'request_invalid' })
}

/** A member that is a whole number of the range where it is given. */
export function optionalWholeNumber(
  object: JsonObject,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const value = object[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) {
    return value
  }
  throw new ServiceError(`send ${name} as a whole number from ${from} to ${to}`, {
    code: 'request_invalid',
  })
}

/** A member that is a list of objects where it is given. */
export function optionalObjects(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new ServiceError(`send ${name} as a list of objects`, { code: 'request_invalid' })
  }
  return value
}

/** A whole number of a query, with what it is when absent. */
export function wholeNumber(
  query: ReadonlyMap<string, string>,
  name: string,
  range: { readonly from: number; readonly to: number; readonly otherwise: number },
): number {
  const text = query.get(name)
  if (text === undefined || text === '') return range.otherwise
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= range.from && value <= range.to)) {
    throw new ServiceError(`send ${name} as a whole number from ${range.from} to ${range.to}`, {
      code: 'request_invalid',
    })
  }
  return value
}

/** `true` or `false` of a query. */
export function flag(
  query: ReadonlyMap<string, string>,
  name: string,
  otherwise: boolean,
): boolean {
  const text = query.get(name)?.toLowerCase()
  if (text === undefined || text === '') return otherwise
  if (text !== 'true' && text !== 'false') {
    throw new ServiceError(`send ${name} as true or false`, { code: 'request_invalid' })
  }
  return text === 'true'
}

/** The id of a connection or property in a path; anything else names nothing. */
export function idOf(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
