import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRefreshOutcome } from '../../../functions/adapters/refresh-outcome-json.ts'
import type { RefreshOutcome } from '../../../functions/domain/refresh-outcome.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { at } from '../../fakes/hand-clock.ts'
import { aReason } from '../../support/builders.ts'

describe('the outcome of a refresh', () => {
  test.each<RefreshOutcome>([
    { outcome: 'refreshed', generation: 3, expiresAt: at(1) },
    { outcome: 'not_due' },
    { outcome: 'in_progress' },
    { outcome: 'transient', code: 'no_answer', retryAt: at(2) },
    { outcome: 'app_credential_rejected', code: 'AADSTS7000215', retryAt: at(3) },
    { outcome: 'reauthorization_required', reason: aReason({ at: at(4) }) },
    { outcome: 'gone', status: 'pending' },
    { outcome: 'gone', status: undefined },
  ])('comes through JSON as it was: $outcome', (outcome) => {
    expect(parseRefreshOutcome(JSON.stringify(outcome))).toEqual(outcome)
  })

  test('with a situation that only a later version knows is an unknown refusal', () => {
    const reason = { ...aReason(), situation: 'invented_later' }
    const payload = JSON.stringify({ outcome: 'reauthorization_required', reason })
    expect(parseRefreshOutcome(payload)).toEqual({
      outcome: 'reauthorization_required',
      reason: aReason({ situation: 'unknown_refusal' }),
    })
  })

  test.each([
    '',
    'null',
    '[]',
    '"refreshed"',
    '{"outcome":',
    '{}',
    '{"outcome":"ignored"}',
    '{"outcome":null}',
    '{"outcome":{"refreshed":true}}',
    '{"errorMessage":"canary"}',
  ])('is not %s', (payload) => {
    expect(() => parseRefreshOutcome(payload)).toThrow(
      expect.objectContaining({ code: 'refresh_unavailable' }),
    )
  })

  test('is read or refused, whatever comes', () => {
    const isReadOrRefused = (payload: string) => {
      try {
        return typeof parseRefreshOutcome(payload).outcome === 'string'
      } catch (error) {
        return error instanceof ServiceError && error.code === 'refresh_unavailable'
      }
    }
    const anything = fc.property(fc.oneof(fc.string(), fc.json()), isReadOrRefused)
    expect(fc.check(anything).failed).toBe(false)
  })
})
