import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  problemOfForbidden,
  reasonFor,
  reasonOfProblem,
  SIGN_IN_PROBLEMS,
} from '../../../functions/domain/guidance.ts'
import type { Situation, Who } from '../../../functions/domain/reason.ts'
import { factsOf, SITUATIONS } from '../../../functions/domain/situations.ts'
import { T0 } from '../../fakes/hand-clock.ts'
import { aRefusal } from '../../support/builders.ts'

describe('a refusal with a number that is known', () => {
  test.each<readonly [Situation, Who, readonly number[]]>([
    ['needs_admin_consent', 'administrator', [65001, 90094, 90095, 900941]],
    ['consent_declined', 'user', [65004]],
    ['wrong_environment_address', 'user', [50001, 500011, 90002]],
    ['app_permission_missing', 'application_owner', [650057, 90008]],
    ['account_not_in_tenant', 'user', [16000, 16003, 50020, 50034, 90072]],
    ['blocked_by_policy_location', 'administrator', [53003]],
    ['app_protection_required', 'administrator', [53002, 53005, 53009]],
    ['device_not_compliant', 'user', [53000, 53001, 530003]],
    ['app_missing_in_tenant', 'administrator', [700011, 700016, 7000229]],
    ['app_disabled_in_tenant', 'administrator', [7000112]],
    ['consent_not_spread_yet', 'nobody', [650051]],
    ['app_credential_wrong', 'application_owner', [7000215, 7000218]],
    ['app_credential_expired', 'application_owner', [7000222]],
    ['user_not_assigned', 'administrator', [50105]],
    ['account_disabled', 'administrator', [50057]],
    ['sign_in_frequency', 'user', [70043, 70044]],
    ['throttled', 'nobody', [50196, 90055]],
    ['redirect_uri_mismatch', 'application_owner', [50011, 500113]],
    ['service_defect', 'application_owner', [28000, 9010010, 500112]],
  ])('is %s, for the %s: %j', (situation, who, codes) => {
    for (const code of codes) {
      const reason = reasonFor(aRefusal({ error: 'invalid_grant', code }), T0)
      expect(reason).toEqual({ code: `AADSTS${code}`, who, situation, at: T0 })
    }
  })

  test('is told by the number, not by suberror or error', () => {
    const refusal = { error: 'invalid_client', suberror: 'consent_required', code: 50057 }
    expect(reasonFor(refusal, T0).situation).toBe('account_disabled')
  })
})

describe('a refusal with a number that is not known, or without one', () => {
  test.each<readonly [string, Situation, Who]>([
    ['consent_required', 'needs_admin_consent', 'administrator'],
    ['basic_action', 'step_not_finished', 'user'],
    ['additional_action', 'device_not_compliant', 'user'],
    ['message_only', 'blocked_by_policy', 'administrator'],
    ['bad_token', 'sign_in_again', 'user'],
    ['token_expired', 'sign_in_again', 'user'],
    ['user_password_expired', 'password_expired', 'user'],
    ['device_authentication_failed', 'device_not_compliant', 'user'],
    ['protection_policy_required', 'app_protection_required', 'administrator'],
    ['client_mismatch', 'service_defect', 'application_owner'],
  ])('is told by the suberror: %s is %s', (suberror, situation, who) => {
    for (const [code, shown] of [
      [99999999, 'AADSTS99999999'],
      [undefined, 'unauthorized_client'],
    ] as const) {
      const refusal = aRefusal({ error: 'unauthorized_client', suberror, code })
      expect(reasonFor(refusal, T0)).toEqual({ code: shown, who, situation, at: T0 })
    }
  })

  test.each<readonly [string, Situation, Who]>([
    ['access_denied', 'cancelled_or_needs_approval', 'user'],
    ['bad_token', 'sign_in_again', 'user'],
    ['consent_required', 'needs_admin_consent', 'administrator'],
    ['interaction_required', 'sign_in_again', 'user'],
    ['interrupted_user', 'step_not_finished', 'user'],
    ['invalid_client', 'app_credential_wrong', 'application_owner'],
    ['invalid_grant', 'sign_in_again', 'user'],
    ['invalid_instance', 'wrong_cloud', 'application_owner'],
    ['invalid_request', 'service_defect', 'application_owner'],
    ['invalid_resource', 'wrong_environment_address', 'user'],
    ['invalid_scope', 'service_defect', 'application_owner'],
    ['invalid_tenant', 'wrong_environment_address', 'user'],
    ['login_required', 'sign_in_again', 'user'],
    ['server_error', 'microsoft_unavailable', 'nobody'],
    ['temporarily_unavailable', 'microsoft_unavailable', 'nobody'],
    ['unauthorized_client', 'app_missing_in_tenant', 'administrator'],
    ['unsupported_grant_type', 'service_defect', 'application_owner'],
    ['unsupported_response_type', 'service_defect', 'application_owner'],
    ['a_new_error', 'unknown_refusal', 'administrator'],
    ['constructor', 'unknown_refusal', 'administrator'],
  ])('is told by the error where the suberror says nothing: %s is %s', (...row) => {
    const [error, situation, who] = row
    for (const suberror of [undefined, '', 'constructor', 'a_new_suberror']) {
      const reason = reasonFor(aRefusal({ error, suberror }), T0)
      expect(reason).toEqual({ code: error, who, situation, at: T0 })
    }
  })

  test('keeps its number', () => {
    const reason = reasonFor(aRefusal({ error: 'invalid_grant', code: 99999999 }), T0)
    expect(reason).toMatchObject({ code: 'AADSTS99999999', situation: 'sign_in_again' })
  })
})

test("of Microsoft's own text nothing but error and number is kept, whatever it is", () => {
  const code = fc.option(fc.nat(), { nil: undefined })
  const isOurs = (error: string, suberror: string, number: number | undefined) => {
    const reason = reasonFor({ error, suberror, code: number }, T0)
    const shown = number === undefined ? error : `AADSTS${number}`
    return reason.code === shown && Object.hasOwn(SITUATIONS, reason.situation)
  }
  expect(fc.check(fc.property(fc.string(), fc.string(), code, isOurs)).failed).toBe(false)
})

describe('problems that are found here', () => {
  test.each(SIGN_IN_PROBLEMS)('%s is its own situation', (problem) => {
    const { who } = factsOf(problem)
    expect(reasonOfProblem(problem, T0)).toEqual({
      code: problem,
      who,
      situation: problem,
      at: T0,
    })
  })

  test("Dataverse's own code takes the place of the name", () => {
    const reason = reasonOfProblem('no_dataverse_role', T0, '0x80072560')
    expect(reason).toMatchObject({ code: '0x80072560', situation: 'no_dataverse_role' })
  })

  test.each([
    ['0x80072560', 'no_dataverse_role'],
    ['0x80040220', 'no_dataverse_role'],
    ['0x80095ffc', 'environment_blocks_app'],
    ['0x80095FFC', 'environment_blocks_app'],
    ['0x80040000', 'environment_firewall'],
    [undefined, 'environment_firewall'],
  ] as const)('a 403 with %s is %s', (code, problem) => {
    expect(problemOfForbidden(code)).toBe(problem)
  })
})
