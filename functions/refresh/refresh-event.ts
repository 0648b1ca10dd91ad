/** What the function was woken for, beside HTTP. */
export type RefreshEvent =
  /** The schedule: sweep one shard. */
  | { readonly kind: 'tick'; readonly shard: number }
  /** Another function wants one connection renewed. */
  | { readonly kind: 'request'; readonly connectionId: number; readonly when: 'now' | number }
  | { readonly kind: 'unknown'; readonly why: string }

/** Reads an event; whatever is malformed is `unknown` and does no harm. */
export function refreshEventOf(event: unknown): RefreshEvent {
  if (!isObject(event)) return { kind: 'unknown', why: 'not an object' }
  if ('shard' in event) {
    const { shard } = event
    return isWholeNumber(shard)
      ? { kind: 'tick', shard }
      : { kind: 'unknown', why: 'shard is not a whole number' }
  }
  const { refresh } = event
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
