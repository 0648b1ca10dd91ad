import { situationOfCode } from './aadsts-situations.ts'
import type { Situation } from './reason.ts'
import type { Refusal } from './token-endpoint.ts'

/**
 * What a refusal means for the connection.
 * - `grant_ended`: a person must sign in again before the grant works
 * - `blocked`: somebody must act, but a new sign-in would not help; the grant may well be alive
 * - `app_rejected`: Microsoft does not accept the partner's own credential; says nothing about the grant
 * - `passing`: try again later
 */
export type RefusalMeaning = 'grant_ended' | 'blocked' | 'app_rejected' | 'passing'

/** What passes by itself, also when it comes as `invalid_grant` or `invalid_client`. */
const PASSING: ReadonlySet<Situation> = new Set<Situation>([
  'consent_not_spread_yet',
  'microsoft_unavailable',
  'throttled',
])

/** What an administrator lifts without the user: a new sign-in would only meet the same. */
const LIFTED_BY_ADMINISTRATOR: ReadonlySet<Situation> = new Set<Situation>([
  'account_disabled',
  'app_disabled_in_tenant',
  'app_missing_in_tenant',
  'app_protection_required',
  'blocked_by_policy',
  'blocked_by_policy_location',
  'blocked_for_risk',
  'claims_mapping_wrong',
  'cross_organization_blocked',
  'dynamics_missing_in_tenant',
  'guests_not_allowed',
  'network_blocks_organization',
  'user_not_assigned',
])

/** What comes as `invalid_client` and is about one organization or a permission, not our credential. */
const NOT_THE_CREDENTIAL: ReadonlySet<Situation> = new Set<Situation>([
  'app_not_for_organizations',
  'app_permission_missing',
  'needs_admin_consent',
  'wrong_cloud',
])

const BY_ERROR: ReadonlyMap<string, RefusalMeaning> = new Map([
  ['invalid_grant', 'grant_ended'],
  ['interaction_required', 'grant_ended'],
  ['consent_required', 'grant_ended'],
  ['login_required', 'grant_ended'],
  ['invalid_client', 'app_rejected'],
  ['temporarily_unavailable', 'passing'],
  ['server_error', 'passing'],
])

/**
 * Judges a refusal of the token endpoint: by status, then `error`, then `suberror`. The AADSTS number
 * counts only where `error` is known to mislead: it can spare a grant or our credential, and never ends
 * either. An error that is not known here blocks: it is shown and probed slowly, and ends no grant.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
export function meaningOf(refusal: Refusal): RefusalMeaning {
  const isServerTrouble = refusal.status === 429 || refusal.status >= 500
  if (isServerTrouble) return 'passing'
  const byError = BY_ERROR.get(refusal.error) ?? 'blocked'
  const spared = meaningByNumber(refusal.code, byError)
  if (spared !== undefined) return spared
  // "Not fixable now, the sign-in would only show a message": an administrator's, not the user's.
  const isMessageOnly = byError === 'grant_ended' && refusal.suberror === 'message_only'
  return isMessageOnly ? 'blocked' : byError
}

function meaningByNumber(
  code: number | undefined,
  byError: RefusalMeaning,
): RefusalMeaning | undefined {
  const situation = code === undefined ? undefined : situationOfCode(code)
  if (situation === undefined) return undefined
  if (PASSING.has(situation)) return 'passing'
  const isOneCustomers = byError === 'app_rejected' && NOT_THE_CREDENTIAL.has(situation)
  return isOneCustomers || LIFTED_BY_ADMINISTRATOR.has(situation) ? 'blocked' : undefined
}
