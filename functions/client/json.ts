import { UnexpectedAnswer } from './errors.ts'

/** A JSON object of an answer, not yet looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws UnexpectedAnswer as every reader here. */
export function objectOf(value: unknown): JsonObject {
  if (isObject(value)) return value
  throw strange('is no object')
}

export function listOf(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value) && value.every(isObject)) return value
  throw strange('is no list of objects')
}

/** A member that is an object; `undefined` where it is null or not there. */
export function optionalObject(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name] ?? undefined
  return value === undefined ? undefined : objectOf(value)
}

export function text(object: JsonObject, name: string): string {
  return optionalText(object, name) ?? missing(name)
}

export function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw strange(`has ${name}, but not as a text`)
}

export function number(object: JsonObject, name: string): number {
  const value = object[name]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw strange(`has no number ${name}`)
}

export function time(object: JsonObject, name: string): Date {
  return optionalTime(object, name) ?? missing(name)
}

export function optionalTime(object: JsonObject, name: string): Date | undefined {
  const value = optionalText(object, name)
  if (value === undefined) return undefined
  const read = new Date(value)
  if (!Number.isNaN(read.getTime())) return read
  throw strange(`has ${name}, but not as a time`)
}

/** A member that is one of these texts. */
export function oneOf<Text extends string>(
  object: JsonObject,
  name: string,
  known: readonly Text[],
): Text {
  const value = text(object, name)
  return known.find((it) => it === value) ?? missing(`${name} that this version knows`)
}

function missing(what: string): never {
  throw strange(`has no ${what}`)
}

/** Never with what it was: an answer may hold a token. */
function strange(what: string): UnexpectedAnswer {
  return new UnexpectedAnswer(
    `The service's answer ${what}. It may be newer than this client: update dynamics-connect.`,
    { code: 'unexpected_answer' },
  )
}
