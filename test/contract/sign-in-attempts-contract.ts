import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  ATTEMPTS_WINDOW_MS,
  attemptKeysOf,
  type SignInAttempts,
} from '../../functions/domain/sign-in-attempts.ts'
import { at } from '../fakes/hand-clock.ts'

/** What every count of attempts to sign in promises. */
export function signInAttemptsContract(
  name: string,
  makeAttempts: () => Promise<SignInAttempts>,
): void {
  describe(`${name}: attempts to sign in`, () => {
    const aKey = (most: number) => ({ digest: randomUUID(), most })
    const now = at(0)
    const inTheNextWindow = at(ATTEMPTS_WINDOW_MS)

    test('as many are let through as a key has, and none after them', async () => {
      const attempts = await makeAttempts()
      const keys = [aKey(2)]
      const all = [1, 2, 3, 4].map(() => attempts.count(keys, now))
      expect((await Promise.all(all)).filter((isAllowed) => isAllowed)).toHaveLength(2)
    })

    test('one key that is used up stops an attempt, whatever the others have left', async () => {
      const attempts = await makeAttempts()
      const usedUp = aKey(1)
      await attempts.count([usedUp], now)
      expect(await attempts.count([aKey(9), usedUp], now)).toBe(false)
    })

    test('an attempt that succeeded is taken back, and never more than was counted', async () => {
      const attempts = await makeAttempts()
      const keys = [aKey(1)]
      await attempts.count(keys, now)
      await attempts.takeBack(keys, now)
      await attempts.takeBack(keys, now)
      expect(await attempts.count(keys, now)).toBe(true)
      expect(await attempts.count(keys, now)).toBe(false)
    })

    test('with the next window it begins anew', async () => {
      const attempts = await makeAttempts()
      const keys = attemptKeysOf({ name: randomUUID(), address: '192.0.2.7' }).slice(1)
      for (let made = 0; made < 60; made += 1) await attempts.count(keys, now)
      expect(await attempts.count(keys, now)).toBe(false)
      expect(await attempts.count(keys, inTheNextWindow)).toBe(true)
    })
  })
}
