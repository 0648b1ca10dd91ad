import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { isGuid } from '../domain/authority.ts'
import { ServiceError } from '../domain/service-error.ts'

/** A DynamoDB item, or a map inside one. */
export type Item = Readonly<Record<string, AttributeValue>>

/** Attributes to write; an `undefined` one is left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** Drops what is `undefined`. */
export function itemOf(attributes: Attributes): Record<string, AttributeValue> {
  const present = Object.entries(attributes).filter((entry) => entry[1] !== undefined)
  return Object.fromEntries(present) as Record<string, AttributeValue>
}

export function text(value: string): AttributeValue.SMember
export function text(value: string | undefined): AttributeValue | undefined
export function text(value: string | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : { S: value }
}

export function texts(values: readonly string[]): AttributeValue {
  return { L: values.map((value) => text(value)) }
}

export function number(value: number): AttributeValue {
  return { N: String(value) }
}

export function bytes(value: Uint8Array): AttributeValue {
  return { B: value }
}

/** A GUID in 16 bytes; anything else as the text that it is. */
export function guid(value: string): AttributeValue {
  return isGuid(value) ? bytes(Buffer.from(value.replaceAll('-', ''), 'hex')) : text(value)
}

/** Stored only where it is true. */
export function flag(value: boolean): AttributeValue | undefined {
  return value ? { BOOL: true } : undefined
}

/** Base64url in the bytes that it stands for; anything else as the text that it is. */
export function digest(value: string): AttributeValue {
  const decoded = Buffer.from(value, 'base64url')
  return decoded.toString('base64url') === value ? bytes(decoded) : text(value)
}

/** Milliseconds since 1970. */
export function time(value: Date): AttributeValue
export function time(value: Date | undefined): AttributeValue | undefined
export function time(value: Date | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : number(value.getTime())
}

/** Seconds since 1970, rounded up: what DynamoDB's time to live takes. */
export function timeToLive(value: Date): AttributeValue {
  return number(Math.ceil(value.getTime() / 1000))
}

export function map(attributes: Attributes): AttributeValue {
  return { M: itemOf(attributes) }
}

/** @throws ServiceError `item_malformed`, as every reader here, when the attribute is not there. */
export function readText(item: Item, name: string): string {
  return item[name]?.S ?? malformed(name)
}

export function readOptionalText(item: Item, name: string): string | undefined {
  return item[name]?.S
}

/** None where there is no list; what is no text in it is left out. */
export function readTexts(item: Item, name: string): readonly string[] {
  return (item[name]?.L ?? []).flatMap(({ S: value }) => value ?? [])
}

export function readNumber(item: Item, name: string): number {
  const value = Number(item[name]?.N ?? Number.NaN)
  return Number.isFinite(value) ? value : malformed(name)
}

export function readFlag(item: Item, name: string): boolean {
  return item[name]?.BOOL ?? false
}

export function readBytes(item: Item, name: string): Uint8Array {
  return item[name]?.B ?? malformed(name)
}

/** A GUID or text that `guid` wrote. */
export function readGuid(item: Item, name: string): string {
  const binary = item[name]?.B
  if (binary === undefined) return readText(item, name)
  const hex = Buffer.from(binary).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Text that `digest` wrote. */
export function readOptionalDigest(item: Item, name: string): string | undefined {
  const binary = item[name]?.B
  return binary ? Buffer.from(binary).toString('base64url') : readOptionalText(item, name)
}

export function readTime(item: Item, name: string): Date {
  return new Date(readNumber(item, name))
}

export function readOptionalTime(item: Item, name: string): Date | undefined {
  return item[name] === undefined ? undefined : readTime(item, name)
}

export function readMap<T>(item: Item, name: string, read: (map: Item) => T): T {
  return readOptionalMap(item, name, read) ?? malformed(name)
}

export function readOptionalMap<T>(
  item: Item,
  name: string,
  read: (map: Item) => T,
): T | undefined {
  const found = item[name]?.M
  return found === undefined ? undefined : read(found)
}

/** One of a closed set of words. */
export function readWord<W extends string>(item: Item, name: string, words: readonly W[]): W {
  const found = item[name]?.S
  return words.find((word) => word === found) ?? malformed(name)
}

function malformed(attribute: string): never {
  throw new ServiceError('a stored item is not in a form that this version knows', {
    code: 'item_malformed',
    evidence: { attribute },
  })
}
