import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  reasonFor,
  reasonOfProblem,
  type SignInProblem,
} from '../../../functions/domain/guidance.ts'
import type { Who } from '../../../functions/domain/reason.ts'
import { T0 } from '../../fakes/hand-clock.ts'
import { aRefusal } from '../../support/builders.ts'

describe('who can mend a refusal', () => {
  test.each<readonly [Who, string, readonly number[]]>([
    ['administrator', 'has to allow it once', [65001, 90094, 90095, 900941, 90008]],
    ['user', 'does not know this environment', [50001, 500011, 650057]],
    ['user', 'does not belong to the organization', [16000, 16003, 50020, 90072]],
    ['administrator', 'A policy', [53000, 53001, 53002, 53003, 53005, 53009]],
    ['administrator', 'missing or switched off', [700016, 7000112, 7000229, 650051, 650052]],
    ['application_owner', 'renew the client secret', [7000215, 7000222, 7000218]],
    ['user', 'The permission was not given', [65004]],
    ['administrator', 'only chosen people', [50105]],
    ['administrator', 'disabled', [50057]],
  ])('%s, since %s', (who, words, codes) => {
    for (const code of codes) {
      const reason = reasonFor(aRefusal({ error: 'invalid_grant', code }), T0)
      expect(reason).toMatchObject({ code: `AADSTS${code}`, who, at: T0 })
      expect(reason.message).toContain(words)
    }
  })

  test.each<readonly [string, Who]>([
    ['access_denied', 'user'],
    ['consent_required', 'administrator'],
    ['invalid_client', 'application_owner'],
    ['unauthorized_client', 'administrator'],
    ['invalid_resource', 'user'],
    ['invalid_grant', 'user'],
    ['interaction_required', 'user'],
    ['login_required', 'user'],
    ['temporarily_unavailable', 'nobody'],
    ['server_error', 'nobody'],
    ['invalid_scope', 'application_owner'],
    ['a_new_error', 'application_owner'],
    ['constructor', 'application_owner'],
  ])('%s without a number: %s', (error, who) => {
    expect(reasonFor(aRefusal({ error }), T0)).toMatchObject({ code: error, who })
  })

  test('missing consent is told by the suberror where the number is not known', () => {
    const reason = reasonFor(aRefusal({ suberror: 'consent_required', code: 12345 }), T0)
    expect(reason).toMatchObject({ code: 'AADSTS12345', who: 'administrator' })
  })

  test('the number says more than the suberror', () => {
    const reason = reasonFor(aRefusal({ suberror: 'consent_required', code: 50057 }), T0)
    expect(reason.message).toContain('disabled')
  })

  test('an unknown number keeps its number and takes the words of the error', () => {
    expect(reasonFor(aRefusal({ code: 99999999 }), T0)).toMatchObject({
      code: 'AADSTS99999999',
      who: 'user',
      message: reasonFor(aRefusal(), T0).message,
    })
  })
})

describe("Microsoft's own text", () => {
  test('is in no message, whatever it is', () => {
    const messages = new Set<string>()
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((canary) => `<b>${canary}</b>`)
    fc.assert(
      fc.property(text, text, fc.option(fc.nat(), { nil: undefined }), (error, suberror, code) => {
        const { message } = reasonFor({ error, suberror, code }, T0)
        expect(message).not.toContain(error)
        expect(message).not.toContain(suberror)
        messages.add(message)
      }),
    )
    expect(messages.size).toBeLessThan(20)
  })
})

describe('problems that are found here', () => {
  const EVERY: Record<SignInProblem, Who> = {
    wrong_tenant: 'user',
    wrong_user: 'user',
    personal_account: 'user',
    no_dataverse_role: 'administrator',
    environment_rejected_token: 'application_owner',
    environment_unavailable: 'nobody',
    microsoft_unavailable: 'nobody',
    answer_not_valid: 'application_owner',
    link_used: 'user',
    connection_changed: 'user',
    service_failed: 'nobody',
  }
  const problems = Object.entries(EVERY) as [SignInProblem, Who][]

  test.each(problems)('%s can be mended by: %s', (problem, who) => {
    const reason = reasonOfProblem(problem, T0)
    expect(reason).toMatchObject({ code: problem, who, at: T0 })
    expect(reason.message).toMatch(/^[A-Z].{20,}\.$/)
  })

  test("Dataverse's own code takes the place of the name", () => {
    expect(reasonOfProblem('no_dataverse_role', T0, '0x80072560').code).toBe('0x80072560')
  })

  test('no two problems have the same words, but for the wrong account', () => {
    const messages = new Set(problems.map(([problem]) => reasonOfProblem(problem, T0).message))
    expect(messages.size).toBe(problems.length)
  })
})
