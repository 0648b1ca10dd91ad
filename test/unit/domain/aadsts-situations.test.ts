import { describe, expect, test } from 'vitest'
import data from '../../../functions/domain/aadsts-situations.json' with { type: 'json' }
import { situationOfCode } from '../../../functions/domain/aadsts-situations.ts'
import { reasonFor, SIGN_IN_PROBLEMS } from '../../../functions/domain/guidance.ts'
import type { Who } from '../../../functions/domain/reason.ts'
import { SITUATIONS } from '../../../functions/domain/situations.ts'
import { T0 } from '../../fakes/hand-clock.ts'
import { CODES_BEYOND, CODES_BY_WHO, CORE_CODES } from './aadsts-codes.ts'

const PUBLISHED = Object.values(CODES_BY_WHO).flat()

/** Where somebody else than the list says can mend it here, and why. */
const EXCEPTIONS: readonly (readonly [who: Who, why: string, codes: readonly number[]])[] = [
  [
    'administrator',
    'a person who may allow the app is asked on the way, so it is refused to one who may not',
    [65001],
  ],
  ['user', 'the other account, which the user may have, is quicker than an invitation', [16003]],
  ['user', 'the address of the environment is what is wrong most often', [50001, 500011]],
  ['user', 'another device is quicker than enabling this one', [130007, 135011]],
  ['nobody', 'the throttle passes by itself', [50196]],
  [
    'application_owner',
    'the device code flow is not used here, so no user can go on',
    [70016, 70018, 70019, 90119, 90120],
  ],
]

const whoOf = (code: number) => reasonFor({ error: '', suberror: undefined, code }, T0).who

describe('the situations of the AADSTS numbers', () => {
  test('know every published number, and no other but the few that are named', () => {
    const known = Object.keys(data).map(Number)
    const named = [...PUBLISHED, ...CODES_BEYOND]
    expect(known.toSorted((a, b) => a - b)).toEqual(named.toSorted((a, b) => a - b))
    expect(PUBLISHED).toHaveLength(392)
    expect(new Set(named).size).toBe(named.length)
  })

  test('are situations that there are, by their exact names', () => {
    const strangers = Object.entries(data).filter(([, name]) => !Object.hasOwn(SITUATIONS, name))
    expect(strangers).toEqual([])
    for (const [code, name] of Object.entries(data))
      expect(situationOfCode(Number(code))).toBe(name)
  })

  test.each([0, -1, 1.5, Number.NaN, 99999999])('of %s is not invented', (code) => {
    expect(situationOfCode(code)).toBeUndefined()
  })

  test.each(['user', 'administrator', 'application_owner', 'nobody'] as const)(
    'name the %s where the list does, but for the exceptions',
    (who) => {
      const excepted = new Set(EXCEPTIONS.flatMap(([, , codes]) => codes))
      const others = CODES_BY_WHO[who].filter((code) => whoOf(code) !== who)
      expect(others.filter((code) => !excepted.has(code))).toEqual([])
    },
  )

  test.each(EXCEPTIONS)('name the %s, since %s', (who, _, codes) => {
    for (const code of codes) {
      expect(whoOf(code)).toBe(who)
      expect(CODES_BY_WHO[who]).not.toContain(code)
    }
  })

  test('say something of every number that a sign-in or a refresh can meet', () => {
    const vague = new Set<unknown>([undefined, 'unknown_refusal', 'not_used_here'])
    const untold = CORE_CODES.filter((code) => vague.has(situationOfCode(code)))
    expect(untold).toEqual([])
    expect(CORE_CODES.filter((code) => !PUBLISHED.includes(code))).toEqual([])
  })
})

test('every situation is reached: by a number, by an error or by a check of ours', () => {
  const byError = reasonFor({ error: 'access_denied', suberror: undefined, code: undefined }, T0)
  const reached = new Set([...Object.values(data), ...SIGN_IN_PROBLEMS, byError.situation])
  expect(Object.keys(SITUATIONS).filter((name) => !reached.has(name))).toEqual([])
})
