import type { Refusal } from './token-endpoint.ts'

/**
 * What a refusal means for the connection.
 * - `grant_ended`: a person must act before the grant works again
 * - `app_rejected`: Microsoft does not accept the partner's own credential; says nothing about the grant
 * - `passing`: try again later
 */
export type RefusalMeaning = 'grant_ended' | 'app_rejected' | 'passing'

/** Loop throttling that comes as `invalid_grant`; the grant is alive. */
const THROTTLED = 50196
/** The app is missing in one customer's tenant; comes as `invalid_client`, is not our credential. */
const APP_MISSING_IN_TENANT = 7000229
/** Blocked by a location policy, which an administrator can lift without the user. */
const BLOCKED_BY_POLICY = 53003

const NEEDS_A_PERSON = new Set([
  'invalid_grant',
  'interaction_required',
  'consent_required',
  'login_required',
])
const NEEDS_THE_APP_OWNER = new Set(['invalid_client', 'unauthorized_client'])

/**
 * Judges a refusal of the token endpoint: by status, then `error`; the AADSTS number counts only where
 * `error` is known to mislead.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
export function meaningOf(refusal: Refusal): RefusalMeaning {
  const serverTrouble = refusal.status === 429 || refusal.status >= 500
  if (serverTrouble || refusal.code === THROTTLED || refusal.code === BLOCKED_BY_POLICY) {
    return 'passing'
  }
  if (NEEDS_A_PERSON.has(refusal.error)) return 'grant_ended'
  if (refusal.code === APP_MISSING_IN_TENANT) return 'grant_ended'
  return NEEDS_THE_APP_OWNER.has(refusal.error) ? 'app_rejected' : 'passing'
}
