import { ServiceError } from '../domain/service-error.ts'
import { situationNamed } from '../domain/situations.ts'
import { jsonObjectOf } from './json-object.ts'

/**
 * Reads one of these outcomes that the `refresh` function answered to an invocation, whose times went
 * through JSON. Both sides are deployed together.
 * @param words what could not be done when it answered something else, which is `refresh_unavailable`
 */
export function outcomeParser<T extends { readonly outcome: string }>(
  outcomes: readonly T['outcome'][],
  words: string,
): (payload: string) => T {
  const known: ReadonlySet<string> = new Set(outcomes)
  return (payload) => {
    const value = jsonObjectOf(payload)
    if (value === undefined || !known.has(String(value.outcome))) {
      throw new ServiceError(words, { code: 'refresh_unavailable' })
    }
    const revived: unknown = JSON.parse(payload, (key, member: unknown) =>
      typeof member === 'string' ? revivedText(key, member) : member,
    )
    return revived as T
  }
}

function revivedText(key: string, text: string): unknown {
  if (isTime(key)) return new Date(text)
  return key === 'situation' ? situationNamed(text) : text
}

function isTime(key: string): boolean {
  return key === 'retryAt' || key === 'expiresAt' || key === 'at'
}
