import { situationOfCode } from './aadsts-situations.ts'
import type { Reason, Situation } from './reason.ts'
import { factsOf } from './situations.ts'
import type { Refusal } from './token-endpoint.ts'

/** By `suberror`, where the number is not known. */
const BY_SUBERROR: ReadonlyMap<string, Situation> = new Map([
  ['additional_action', 'device_not_compliant'],
  ['bad_token', 'sign_in_again'],
  ['basic_action', 'step_not_finished'],
  ['client_mismatch', 'service_defect'],
  ['consent_required', 'needs_admin_consent'],
  ['device_authentication_failed', 'device_not_compliant'],
  ['message_only', 'blocked_by_policy'],
  ['protection_policy_required', 'app_protection_required'],
  ['token_expired', 'sign_in_again'],
  ['user_password_expired', 'password_expired'],
])

/** By OAuth `error`, where nothing else says more. */
const BY_ERROR: ReadonlyMap<string, Situation> = new Map([
  ['access_denied', 'cancelled_or_needs_approval'],
  ['bad_token', 'sign_in_again'],
  ['consent_required', 'needs_admin_consent'],
  ['interaction_required', 'sign_in_again'],
  ['interrupted_user', 'step_not_finished'],
  ['invalid_client', 'app_credential_wrong'],
  ['invalid_grant', 'sign_in_again'],
  ['invalid_instance', 'wrong_cloud'],
  ['invalid_request', 'service_defect'],
  ['invalid_resource', 'wrong_environment_address'],
  ['invalid_scope', 'service_defect'],
  ['invalid_tenant', 'wrong_environment_address'],
  ['login_required', 'sign_in_again'],
  ['server_error', 'microsoft_unavailable'],
  ['temporarily_unavailable', 'microsoft_unavailable'],
  ['unauthorized_client', 'app_missing_in_tenant'],
  ['unsupported_grant_type', 'service_defect'],
  ['unsupported_response_type', 'service_defect'],
])

/**
 * What a refusal of Microsoft's is called, which situation it is and who can mend it; of Microsoft's own
 * words nothing is kept. The number says most, then `suberror`, then `error`.
 */
export function reasonFor(refusal: Pick<Refusal, 'error' | 'suberror' | 'code'>, at: Date): Reason {
  const { error, suberror = '', code } = refusal
  const byCode = code === undefined ? undefined : situationOfCode(code)
  const situation = byCode ?? BY_SUBERROR.get(suberror) ?? BY_ERROR.get(error) ?? 'unknown_refusal'
  return reasonOf(situation, codeOf(refusal), at)
}

/** What a refusal is known by: its number as Microsoft writes it, else `error`. */
export function codeOf({ error, code }: Pick<Refusal, 'error' | 'code'>): string {
  return code === undefined ? error : `AADSTS${code}`
}

/** The situations that are found here, after Microsoft accepted the sign-in or without asking it. */
export const SIGN_IN_PROBLEMS = [
  'wrong_tenant',
  'wrong_user',
  'unexpected_tenant',
  'unexpected_user',
  'personal_account',
  'no_environments_found',
  'no_dataverse_role',
  'environment_blocks_app',
  'environment_firewall',
  'environment_rejected_token',
  'environment_unavailable',
  'microsoft_unavailable',
  'answer_not_valid',
  'link_used',
  'link_worn_out',
  'confirmation_expired',
  'connection_changed',
  'service_failed',
] as const satisfies readonly Situation[]

/** Why a sign-in that Microsoft accepted is not accepted here. */
export type SignInProblem = (typeof SIGN_IN_PROBLEMS)[number]

/** The reason for a problem of ours; `code` puts Dataverse's own code in place of the name. */
export function reasonOfProblem(problem: SignInProblem, at: Date, code?: string): Reason {
  return reasonOf(problem, code ?? problem, at)
}

const BY_DATAVERSE_CODE: ReadonlyMap<string, SignInProblem> = new Map([
  ['0x80040220', 'no_dataverse_role'],
  ['0x80072560', 'no_dataverse_role'],
  ['0x80095ffc', 'environment_blocks_app'],
])

/** Why an environment answers 403 to a token that it knows; `code` is Dataverse's, where it gave one. */
export function problemOfForbidden(code: string | undefined): SignInProblem {
  return BY_DATAVERSE_CODE.get(code?.toLowerCase() ?? '') ?? 'environment_firewall'
}

function reasonOf(situation: Situation, code: string, at: Date): Reason {
  return { code, who: factsOf(situation).who, situation, at }
}
