import type { Settings } from './context.ts'
import { FAULT_ENDPOINTS, FAULT_KINDS, type Fault } from './faults.ts'

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isNatural: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0

const FAULT_FIELDS: Readonly<Record<keyof Fault, Check>> = {
  endpoint: oneOf(FAULT_ENDPOINTS),
  tenant: isText,
  grantType: isText,
  authenticated: (value) => typeof value === 'boolean',
  code: isNatural,
  status: (value) => isBetween(value, 200, 599),
  body: isText,
  contentType: isHeaderValue,
  headers: isHeaders,
  delayMs: isNatural,
  kind: oneOf(FAULT_KINDS),
  times: (value) => isBetween(value, 1, Number.MAX_SAFE_INTEGER),
}

const SETTINGS_FIELDS: Readonly<Record<keyof Settings, Check>> = {
  clientSecret: (value) => typeof value === 'string' && value !== '',
  expiredClientSecret: (value) => typeof value === 'string' && value !== '',
  refreshTokens: oneOf(['lenient', 'strict']),
  accessTokenLifetimeSeconds: (value) => isBetween(value, 1, Number.MAX_SAFE_INTEGER),
}

/** The fault that these fields describe, or what is wrong with them. */
export function parseFault(fields: Fields): Fault | string {
  if (fields.endpoint === undefined) return `endpoint must be one of ${FAULT_ENDPOINTS.join(', ')}`
  return checked<Fault>(fields, FAULT_FIELDS)
}

/** The settings that these fields change, or what is wrong with them. */
export function parseSettings(fields: Fields): Partial<Settings> | string {
  return checked<Partial<Settings>>(fields, SETTINGS_FIELDS)
}

/** Each field is known and passes its check, so the object has the type that the checks describe. */
function checked<T>(fields: Fields, checks: Readonly<Record<string, Check>>): T | string {
  const known = new Map(Object.entries(checks))
  const wrong = Object.entries(fields).find(([name, value]) => known.get(name)?.(value) !== true)
  if (wrong === undefined) return fields as T
  const [name] = wrong
  return known.has(name)
    ? `${name} has a value that is not allowed`
    : `${name} is not a known field`
}

function oneOf(values: readonly string[]): Check {
  return (value) => typeof value === 'string' && values.includes(value)
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

/** What Node would refuse to send must not get as far as an answer. */
function isHeaderValue(value: unknown): boolean {
  return typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)
}

function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(
    ([name, text]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && isHeaderValue(text),
  )
}
