import { describe, expect, test } from 'vitest'
import { readReason, writeReason } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { aReason } from '../../support/builders.ts'

const stored = (reason = aReason()) => writeReason(reason).M ?? {}

describe('a stored reason', () => {
  test('comes back as it was, and holds a name in place of words', () => {
    expect(readReason(stored())).toEqual(aReason())
    expect(JSON.stringify(stored())).toContain('grant_revoked')
    expect(Object.values(stored()).some(({ S }) => S?.includes(' '))).toBe(false)
  })

  test('with a situation that only a later version knows is an unknown refusal', () => {
    const later = Object.fromEntries(
      Object.entries(stored()).map(([name, value]) =>
        value.S === 'grant_revoked' ? [name, { S: 'invented_later' }] : [name, value],
      ),
    )
    expect(readReason(later)).toEqual(aReason({ situation: 'unknown_refusal' }))
  })
})
