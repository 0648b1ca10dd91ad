import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  REFRESH_CLAIM_LIFETIME_MS,
  type RefreshClaim,
  type RefreshClaims,
} from '../../functions/domain/refresh-claims.ts'
import { at } from '../fakes/hand-clock.ts'
import { anUnknownId } from '../support/builders.ts'

/** A claim of a holder of its own, on a connection that no other test uses. */
function aClaim(claim: Partial<RefreshClaim> = {}): RefreshClaim {
  const holder = randomUUID()
  return { connectionId: anUnknownId(), generation: 1, holder, now: at(0), ...claim }
}

/** What every store of refresh claims promises. */
export function refreshClaimsContract(
  name: string,
  makeClaims: () => Promise<RefreshClaims>,
): void {
  describe(`${name}: refresh claims`, () => {
    const EXPIRED = at(REFRESH_CLAIM_LIFETIME_MS + 1)

    /** How many of 20 holders win when all claim the same at once. */
    const winnersOf20 = async (claims: RefreshClaims, claim: RefreshClaim) => {
      const holders = Array.from({ length: 20 }, () => ({ ...claim, holder: randomUUID() }))
      const answers = await Promise.all(holders.map(claims.claim))
      return answers.filter(Boolean).length
    }

    test('of 20 claims at once, one wins', async () => {
      expect(await winnersOf20(await makeClaims(), aClaim())).toBe(1)
    })

    test('a claim holds until its time is over, by the clock of whoever asks', async () => {
      const { claim } = await makeClaims()
      const first = aClaim()
      const later = (now: Date) => claim({ ...first, holder: randomUUID(), now })
      expect(await claim(first)).toBe(true)
      expect(await later(at(REFRESH_CLAIM_LIFETIME_MS - 1))).toBe(false)
      expect(await later(at(REFRESH_CLAIM_LIFETIME_MS))).toBe(false)
      expect(await later(EXPIRED)).toBe(true)
    })

    test('of 20 claims at once on an expired one, one wins', async () => {
      const claims = await makeClaims()
      const first = aClaim()
      await claims.claim(first)
      expect(await winnersOf20(claims, { ...first, now: EXPIRED })).toBe(1)
    })

    test('a claim that was refused does not prolong the one that holds', async () => {
      const { claim } = await makeClaims()
      const first = aClaim()
      await claim(first)
      await claim({ ...first, holder: randomUUID(), now: at(REFRESH_CLAIM_LIFETIME_MS - 1) })
      expect(await claim({ ...first, holder: randomUUID(), now: EXPIRED })).toBe(true)
    })

    test('a holder that claims again, since it never got the answer, still holds', async () => {
      const { claim } = await makeClaims()
      const first = aClaim()
      expect(await claim(first)).toBe(true)
      expect(await claim(first)).toBe(true)
      expect(await claim({ ...first, holder: randomUUID() })).toBe(false)
    })

    test('a holder that was frozen past its time does not get back what another holds by now', async () => {
      const { claim } = await makeClaims()
      const frozen = aClaim()
      await claim(frozen)
      expect(await claim({ ...frozen, holder: randomUUID(), now: EXPIRED })).toBe(true)
      expect(await claim({ ...frozen, now: EXPIRED })).toBe(false)
      expect(await claim(frozen)).toBe(false)
    })

    test('the next generation is claimed anew', async () => {
      const { claim } = await makeClaims()
      const first = aClaim()
      const second = { ...first, generation: 2, holder: randomUUID() }
      expect(await claim(first)).toBe(true)
      expect(await claim(second)).toBe(true)
      expect(await claim({ ...second, holder: randomUUID() })).toBe(false)
    })

    test('connections are claimed by themselves, also where their digits run together', async () => {
      const { claim } = await makeClaims()
      const id = Math.floor(anUnknownId() / 100)
      expect(await claim(aClaim({ connectionId: id, generation: 11 }))).toBe(true)
      expect(await claim(aClaim({ connectionId: id * 10 + 1, generation: 1 }))).toBe(true)
    })
  })
}
