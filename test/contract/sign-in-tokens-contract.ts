import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { MOST_STARTS, type SignInTokens } from '../../functions/domain/sign-in-token.ts'
import { aSignInToken } from '../support/builders.ts'

/** What every store of sign-in tokens promises. That it reads back whole, the sign-in contexts say. */
export function signInTokensContract(name: string, makeTokens: () => Promise<SignInTokens>): void {
  describe(`${name}: sign-in tokens`, () => {
    const created = async () => {
      const tokens = await makeTokens()
      const { digest } = aSignInToken()
      await tokens.create(aSignInToken({ digest }))
      return { tokens, digest, first: randomUUID(), second: randomUUID() }
    }

    test('a token is spent once, for one authorization request', async () => {
      const { tokens, digest, first, second } = await created()
      expect(await tokens.spend(digest, first)).toBe(true)
      expect(await tokens.spend(digest, second)).toBe(false)
    })

    test(`it counts ${MOST_STARTS} starts and refuses the next`, async () => {
      const { tokens, digest } = await created()
      const counted = await Promise.all(
        Array.from({ length: MOST_STARTS + 5 }, () => tokens.countStart(digest)),
      )
      expect(counted.filter(Boolean)).toHaveLength(MOST_STARTS)
      expect(await tokens.countStart(digest)).toBe(false)
      expect(await tokens.spend(digest, randomUUID())).toBe(true)
    })

    test('a token that was never made counts no start', async () => {
      const tokens = await makeTokens()
      const { digest } = aSignInToken()
      expect(await tokens.countStart(digest)).toBe(false)
      expect(await tokens.spend(digest, randomUUID())).toBe(false)
    })

    test('spending again for the same authorization request is no second spending', async () => {
      const { tokens, digest, first } = await created()
      expect(await tokens.spend(digest, first)).toBe(true)
      expect(await tokens.spend(digest, first)).toBe(true)
    })

    test('of 20 authorization requests at once, one spends', async () => {
      const { tokens, digest } = await created()
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => tokens.spend(digest, randomUUID())),
      )
      expect(answers.filter(Boolean)).toHaveLength(1)
    })

    test('what was restored can be spent by another', async () => {
      const { tokens, digest, first, second } = await created()
      await tokens.spend(digest, first)
      await tokens.restore(digest, first)
      expect(await tokens.spend(digest, second)).toBe(true)
    })

    test('nobody restores what another spent', async () => {
      const { tokens, digest, first, second } = await created()
      await tokens.spend(digest, first)
      await tokens.restore(digest, second)
      expect(await tokens.spend(digest, second)).toBe(false)
      expect(await tokens.spend(digest, first)).toBe(true)
    })

    test('restoring what nobody spent changes nothing', async () => {
      const { tokens, digest, first, second } = await created()
      await tokens.restore(digest, first)
      expect(await tokens.spend(digest, second)).toBe(true)
    })

    test('a token that was never made cannot be spent, and restoring does not make it', async () => {
      const tokens = await makeTokens()
      const { digest } = aSignInToken()
      expect(await tokens.spend(digest, randomUUID())).toBe(false)
      await tokens.restore(digest, randomUUID())
      expect(await tokens.spend(digest, randomUUID())).toBe(false)
    })

    test('a token that was made spent stays spent', async () => {
      const { tokens, first, second } = await created()
      const token = aSignInToken({ spentBy: first })
      await tokens.create(token)
      expect(await tokens.spend(token.digest, second)).toBe(false)
    })
  })
}
