import type { RefreshOutcome } from '../domain/refresh-outcome.ts'
import { ServiceError } from '../domain/service-error.ts'
import { situationNamed } from '../domain/situations.ts'
import { jsonObjectOf } from './json-object.ts'

const OUTCOMES: ReadonlySet<string> = new Set<RefreshOutcome['outcome']>([
  'refreshed',
  'not_due',
  'in_progress',
  'transient',
  'blocked',
  'app_credential_rejected',
  'reauthorization_required',
  'gone',
])

/**
 * Reads what the `refresh` function answered to an invocation: a RefreshOutcome whose times went
 * through JSON. Both sides are deployed together.
 * @throws ServiceError `refresh_unavailable` when it is none.
 */
export function parseRefreshOutcome(payload: string): RefreshOutcome {
  const value = jsonObjectOf(payload)
  if (value === undefined || !OUTCOMES.has(String(value.outcome))) {
    throw new ServiceError('the token could not be renewed just now; try again in a moment', {
      code: 'refresh_unavailable',
    })
  }
  const revived: unknown = JSON.parse(payload, (key, member: unknown) =>
    typeof member === 'string' ? revivedText(key, member) : member,
  )
  return revived as RefreshOutcome
}

function revivedText(key: string, text: string): unknown {
  if (isTime(key)) return new Date(text)
  return key === 'situation' ? situationNamed(text) : text
}

function isTime(key: string): boolean {
  return key === 'retryAt' || key === 'expiresAt' || key === 'at'
}
