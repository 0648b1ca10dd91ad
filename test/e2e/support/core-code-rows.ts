import type { Situation, Who } from '../../../functions/domain/reason.ts'
import { situationNamed } from '../../../functions/domain/situations.ts'

/**
 * Where a code turns up, and what it does there.
 * - `response`: Microsoft sends the browser back with it
 * - `page`: Microsoft shows it itself, and the browser never comes back
 * - `redemption`: the token endpoint refuses the code with it
 * - `redemption-busy`: the same with a status by which it counts as busy, whatever the body says
 * - `refresh-…`: the token endpoint refuses the refresh token with it; what becomes of the connection
 */
const LEGS = [
  'response',
  'page',
  'redemption',
  'redemption-busy',
  'refresh-ended',
  'refresh-blocked',
  'refresh-breaker',
  'refresh-passing',
  'refresh-busy',
] as const

export type Leg = (typeof LEGS)[number]

/** One code on one leg, and what is said of it. */
export interface CoreCodeRow {
  readonly code: number
  readonly who: Who
  readonly situation: Situation
  readonly leg: Leg
}

const TABLE = `
16000 user account_not_in_tenant response refresh-ended
16003 user account_not_in_tenant response refresh-ended
50000 nobody microsoft_unavailable response redemption-busy refresh-busy
50001 user wrong_environment_address response redemption refresh-blocked
50011 application_owner redirect_uri_mismatch page
50014 user guest_invitation_pending response redemption refresh-ended
50020 user account_not_in_tenant page refresh-ended
50033 nobody microsoft_unavailable response redemption-busy refresh-busy
50034 user account_not_in_tenant redemption refresh-ended
50048 application_owner service_defect redemption refresh-breaker
50053 user account_locked page
50055 user password_expired redemption refresh-ended
50057 administrator account_disabled redemption refresh-blocked
50058 user sign_in_again response
50072 user mfa_needed response redemption refresh-ended
50074 user mfa_needed response redemption refresh-ended
50076 user mfa_needed response redemption refresh-ended
50078 user mfa_needed redemption refresh-ended
50079 user mfa_needed response redemption refresh-ended
50089 user sign_in_again page redemption
50097 user device_not_compliant response redemption refresh-ended
50105 administrator user_not_assigned page redemption refresh-blocked
50117 application_owner service_defect response redemption
50131 administrator blocked_by_policy page redemption refresh-blocked
50132 user grant_revoked refresh-ended
50133 user grant_revoked refresh-ended
50135 user password_expired page refresh-ended
50142 user password_expired page refresh-ended
50144 user password_expired page refresh-ended
50148 application_owner answer_not_valid redemption
50155 user device_not_compliant redemption refresh-ended
50158 user step_not_finished response redemption refresh-ended
50173 user grant_revoked redemption refresh-ended
50194 application_owner app_not_for_organizations response redemption refresh-blocked
50196 nobody throttled redemption refresh-passing
51004 user account_not_in_tenant response redemption refresh-ended
53000 user device_not_compliant response redemption refresh-ended
53001 user device_not_compliant response redemption refresh-ended
53002 administrator app_protection_required response redemption refresh-blocked
53003 administrator blocked_by_policy_location page redemption refresh-blocked
54005 user sign_in_answered_twice redemption
65001 administrator needs_admin_consent response redemption refresh-ended
65004 user consent_declined response
65005 application_owner app_permission_missing response redemption refresh-blocked
70000 user sign_in_again redemption refresh-ended
70001 application_owner app_id_wrong response redemption refresh-blocked
70002 application_owner app_credential_wrong redemption refresh-breaker
70008 user sign_in_again redemption refresh-ended
70011 application_owner service_defect response redemption refresh-blocked
70021 application_owner federated_credential_mismatch redemption refresh-breaker
70043 user sign_in_frequency refresh-ended
70044 user sign_in_frequency response redemption refresh-ended
90002 user wrong_environment_address page redemption refresh-blocked
90006 nobody microsoft_unavailable response redemption-busy refresh-busy
90012 nobody microsoft_unavailable response redemption-busy refresh-busy
90014 application_owner service_defect response redemption refresh-blocked
90024 nobody microsoft_unavailable response redemption-busy refresh-busy
90033 nobody microsoft_unavailable response redemption-busy refresh-busy
90038 application_owner wrong_cloud page redemption refresh-blocked
90055 nobody throttled response redemption-busy refresh-busy
90072 user account_not_in_tenant response refresh-ended
90093 administrator needs_admin_consent page
90094 administrator needs_admin_consent page
90095 administrator needs_admin_consent page
500011 user wrong_environment_address response redemption refresh-blocked
500014 administrator dynamics_missing_in_tenant response redemption refresh-blocked
500112 application_owner service_defect redemption
500113 application_owner redirect_uri_mismatch page
500341 administrator account_deleted redemption refresh-ended
501481 application_owner answer_not_valid redemption
530003 user device_not_compliant response redemption refresh-ended
530032 administrator blocked_by_policy page redemption refresh-blocked
530035 administrator blocked_by_policy page redemption refresh-blocked
650051 nobody consent_not_spread_yet response redemption
650052 administrator dynamics_missing_in_tenant response redemption refresh-blocked
650053 application_owner service_defect response redemption
650056 administrator needs_admin_consent page redemption refresh-blocked
650057 application_owner app_permission_missing response redemption refresh-blocked
650059 application_owner app_not_for_organizations page redemption refresh-blocked
700003 user device_not_compliant refresh-ended
700005 application_owner service_defect redemption
700011 administrator app_missing_in_tenant response redemption refresh-blocked
700016 administrator app_missing_in_tenant page redemption refresh-blocked
700020 user sign_in_again response redemption refresh-ended
700022 application_owner service_defect redemption refresh-blocked
700024 application_owner service_defect redemption refresh-breaker
700027 application_owner app_credential_wrong redemption refresh-breaker
700082 user grant_expired_unused refresh-ended
700084 application_owner app_platform_wrong refresh-ended
700211 application_owner federated_credential_mismatch redemption refresh-breaker
700212 application_owner federated_credential_mismatch redemption refresh-breaker
700213 application_owner federated_credential_mismatch redemption refresh-breaker
900144 application_owner service_defect response redemption refresh-blocked
900382 application_owner wrong_cloud redemption refresh-blocked
900432 application_owner wrong_cloud redemption refresh-blocked
900439 application_owner wrong_cloud response redemption refresh-blocked
900941 administrator needs_admin_consent page
901002 application_owner service_defect response redemption
1000031 administrator app_disabled_in_tenant page redemption refresh-blocked
1000502 application_owner app_credential_expired redemption refresh-breaker
7000012 application_owner service_defect refresh-ended
7000112 administrator app_disabled_in_tenant response redemption refresh-blocked
7000215 application_owner app_credential_wrong redemption refresh-breaker
7000218 application_owner app_credential_wrong redemption refresh-breaker
7000222 application_owner app_credential_expired redemption refresh-breaker
7000229 administrator app_missing_in_tenant redemption refresh-blocked
7002121 application_owner federated_credential_mismatch redemption refresh-breaker
9002313 application_owner service_defect redemption refresh-blocked
9002327 application_owner app_platform_wrong redemption refresh-blocked
`

/** Every code that a sign-in or a refresh can meet, on each leg where it is to be expected. */
export const CORE_CODE_ROWS: readonly CoreCodeRow[] = TABLE.trim().split('\n').flatMap(rowsOf)

function rowsOf(line: string): readonly CoreCodeRow[] {
  const [code, who = '', situation = '', ...legs] = line.split(' ')
  return legs.map((leg) => ({
    code: Number(code),
    who: oneOf(['user', 'administrator', 'application_owner', 'nobody'], who),
    situation: situationNamed(situation),
    leg: oneOf(LEGS, leg),
  }))
}

function oneOf<T extends string>(known: readonly T[], word: string): T {
  const found = known.find((name) => name === word)
  if (found === undefined) throw new Error(`${word} is none of ${known.join(', ')}`)
  return found
}
