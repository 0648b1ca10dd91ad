import { describe, expect, test } from 'vitest'
import type { ParkedSignIns } from '../../functions/domain/parked-sign-in.ts'
import { digestOf } from '../../functions/domain/sign-in-token.ts'
import { aParkedSignIn } from '../support/builders.ts'

/** What every store of sign-ins that wait for the partner promises. */
export function parkedSignInsContract(
  name: string,
  makeParkedSignIns: () => Promise<ParkedSignIns>,
): void {
  describe(`${name}: parked sign-ins`, () => {
    test.each([
      ['as it was parked', aParkedSignIn()],
      [
        'with an environment and a user that are new',
        aParkedSignIn({ bringsResource: true, allowsUserChange: true }),
      ],
    ])('one is found %s, as often as asked', async (_, signIn) => {
      const parked = await makeParkedSignIns()
      await parked.park(signIn)
      expect(await parked.find(signIn.id)).toEqual(signIn)
      expect(await parked.find(signIn.id)).toEqual(signIn)
    })

    test('one that is settled has no tokens any more, and stays settled', async () => {
      const parked = await makeParkedSignIns()
      const signIn = aParkedSignIn()
      await parked.park(signIn)
      await parked.settle(signIn.id)
      await parked.settle(signIn.id)
      expect(await parked.find(signIn.id)).toEqual({ ...signIn, tokenSet: undefined })
    })

    test('one that was never parked is not found, and settling does not make it', async () => {
      const parked = await makeParkedSignIns()
      const id = digestOf('never parked')
      await parked.settle(id)
      expect(await parked.find(id)).toBeUndefined()
    })
  })
}
