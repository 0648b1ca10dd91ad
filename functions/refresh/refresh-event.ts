import { isShard, type Shard } from '../domain/due-bucket.ts'

/** What the function was woken for, beside HTTP. */
export type RefreshEvent =
  /** The schedule: sweep one shard. */
  | ({ readonly kind: 'tick' } & Shard)
  /** Another function wants one connection renewed. */
  | { readonly kind: 'request'; readonly connectionId: number; readonly when: 'now' | number }
  /** The API hands over a refresh token that was obtained elsewhere, for one connection. */
  | { readonly kind: 'import'; readonly connectionId: number; readonly refreshToken: string }
  /** The schedule: measure what no single refresh sees. */
  | { readonly kind: 'measure' }
  /** The console wants to know what Microsoft says of the app credential. */
  | { readonly kind: 'check'; readonly tenant: string | undefined }
  | { readonly kind: 'unknown'; readonly why: string }

/** Reads an event; whatever is malformed is `unknown` and does no harm. */
export function refreshEventOf(event: unknown): RefreshEvent {
  if (!isObject(event)) return { kind: 'unknown', why: 'not an object' }
  if (event.measure === true) return { kind: 'measure' }
  if ('check' in event) return checkOf(event)
  if ('import' in event) return importOf(event.import)
  return 'shard' in event ? tickOf(event) : requestOf(event.refresh)
}

function tickOf(event: Readonly<Record<string, unknown>>): RefreshEvent {
  const shard = { shard: Number(event.shard), shards: Number(event.shards) }
  const areNumbers = typeof event.shard === 'number' && typeof event.shards === 'number'
  return areNumbers && isShard(shard)
    ? { kind: 'tick', ...shard }
    : { kind: 'unknown', why: 'there is no such shard' }
}

function checkOf({ check, tenant }: Readonly<Record<string, unknown>>): RefreshEvent {
  const isTenant = tenant === undefined || typeof tenant === 'string'
  return check === 'app-credential' && isTenant
    ? { kind: 'check', tenant }
    : { kind: 'unknown', why: 'nothing is checked but the app credential' }
}

/** What is wrong with it is said without a word of it. */
function importOf(wanted: unknown): RefreshEvent {
  const { connectionId, refreshToken } = isObject(wanted) ? wanted : {}
  return isWholeNumber(connectionId) && typeof refreshToken === 'string'
    ? { kind: 'import', connectionId, refreshToken }
    : { kind: 'unknown', why: 'import names no connection and token' }
}

function requestOf(refresh: unknown): RefreshEvent {
  if (!isObject(refresh)) return { kind: 'unknown', why: 'neither shard nor refresh' }
  const { connectionId, when } = refresh
  const isWhen = when === 'now' || isWholeNumber(when)
  return isWholeNumber(connectionId) && isWhen
    ? { kind: 'request', connectionId, when }
    : { kind: 'unknown', why: 'refresh names no connection and generation' }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0
}
