import type { Refusal } from './token-endpoint.ts'

/**
 * What a refusal means for the connection.
 * - `grant_ended`: a person must sign in again before the grant works
 * - `blocked`: somebody must act, but a new sign-in would not help; the grant may well be alive
 * - `app_rejected`: Microsoft does not accept the partner's own credential; says nothing about the grant
 * - `passing`: try again later
 */
export type RefusalMeaning = 'grant_ended' | 'blocked' | 'app_rejected' | 'passing'

/** Loop throttling that comes as `invalid_grant`; the grant is alive. */
const THROTTLED = 50196
/** The app is missing in one customer's tenant; comes as `invalid_client`, is not our credential. */
const APP_MISSING_IN_TENANT = 7000229
/** Blocked by a location policy, which an administrator can lift without the user. */
const BLOCKED_BY_POLICY = 53003

const BY_ERROR: ReadonlyMap<string, RefusalMeaning> = new Map([
  ['invalid_grant', 'grant_ended'],
  ['interaction_required', 'grant_ended'],
  ['consent_required', 'grant_ended'],
  ['login_required', 'grant_ended'],
  ['invalid_client', 'app_rejected'],
  ['temporarily_unavailable', 'passing'],
  ['server_error', 'passing'],
])

const BY_MISLEADING_CODE: ReadonlyMap<number, RefusalMeaning> = new Map([
  [THROTTLED, 'passing'],
  [APP_MISSING_IN_TENANT, 'blocked'],
  [BLOCKED_BY_POLICY, 'blocked'],
])

/**
 * Judges a refusal of the token endpoint: by status, then `error`, then `suberror`; the AADSTS number
 * counts only where `error` is known to mislead. An error that is not known here blocks: it is shown
 * and probed slowly, and ends no grant.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
export function meaningOf(refusal: Refusal): RefusalMeaning {
  const isServerTrouble = refusal.status === 429 || refusal.status >= 500
  if (isServerTrouble) return 'passing'
  const misleading = refusal.code === undefined ? undefined : BY_MISLEADING_CODE.get(refusal.code)
  const byError = misleading ?? BY_ERROR.get(refusal.error)
  // "Not fixable now, the sign-in would only show a message": an administrator's, not the user's.
  if (byError === 'grant_ended' && refusal.suberror === 'message_only') return 'blocked'
  return byError ?? 'blocked'
}
