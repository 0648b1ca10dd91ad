import { describe, expect, test } from 'vitest'
import {
  REFRESH_CLAIM_LIFETIME_MS,
  type RefreshClaims,
} from '../../functions/domain/refresh-claims.ts'
import { at } from '../fakes/hand-clock.ts'
import { anUnknownId } from '../support/builders.ts'

/** What every store of refresh claims promises. */
export function refreshClaimsContract(
  name: string,
  makeClaims: () => Promise<RefreshClaims>,
): void {
  describe(`${name}: refresh claims`, () => {
    test('of 20 claims at once, one wins', async () => {
      const claims = await makeClaims()
      const id = anUnknownId()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => claims.claim(id, 1, at(0))),
      )
      expect(answers.filter(Boolean)).toHaveLength(1)
    })

    test('a claim holds until its time is over, by the clock of whoever asks', async () => {
      const claims = await makeClaims()
      const id = anUnknownId()
      expect(await claims.claim(id, 1, at(0))).toBe(true)
      expect(await claims.claim(id, 1, at(REFRESH_CLAIM_LIFETIME_MS - 1))).toBe(false)
      expect(await claims.claim(id, 1, at(REFRESH_CLAIM_LIFETIME_MS + 1))).toBe(true)
    })

    test('of 20 claims at once on an expired one, one wins', async () => {
      const claims = await makeClaims()
      const id = anUnknownId()
      await claims.claim(id, 1, at(0))
      const later = at(REFRESH_CLAIM_LIFETIME_MS + 1)
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => claims.claim(id, 1, later)),
      )
      expect(answers.filter(Boolean)).toHaveLength(1)
    })

    test('a claim that was refused does not prolong the one that holds', async () => {
      const claims = await makeClaims()
      const id = anUnknownId()
      await claims.claim(id, 1, at(0))
      await claims.claim(id, 1, at(REFRESH_CLAIM_LIFETIME_MS - 1))
      expect(await claims.claim(id, 1, at(REFRESH_CLAIM_LIFETIME_MS + 1))).toBe(true)
    })

    test('the next generation is claimed anew', async () => {
      const claims = await makeClaims()
      const id = anUnknownId()
      expect(await claims.claim(id, 1, at(0))).toBe(true)
      expect(await claims.claim(id, 2, at(1))).toBe(true)
      expect(await claims.claim(id, 2, at(2))).toBe(false)
    })

    test('connections are claimed by themselves, also where their digits run together', async () => {
      const claims = await makeClaims()
      const id = Math.floor(anUnknownId() / 100)
      expect(await claims.claim(id, 11, at(0))).toBe(true)
      expect(await claims.claim(id * 10 + 1, 1, at(0))).toBe(true)
    })
  })
}
