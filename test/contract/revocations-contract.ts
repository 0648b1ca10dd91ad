import { describe, expect, test } from 'vitest'
import type { Revocation, Revocations } from '../../functions/domain/revocations.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'
import { anAccountId, anUnknownId } from '../support/builders.ts'

/** What every store of revocations promises. */
export function revocationsContract(
  name: string,
  makeRevocations: () => Promise<Revocations>,
): void {
  describe(`${name}: revocations`, () => {
    const aRevocation = (revocation: Partial<Revocation> = {}): Revocation => ({
      connectionId: anUnknownId(),
      accountId: anAccountId(),
      what: 'disconnected',
      at: at(7),
      ...revocation,
    })
    const of = async (revocations: Revocations, connectionId: number) => {
      const all: Revocation[] = []
      for await (const one of revocations.all()) all.push(one)
      return all.filter((one) => one.connectionId === connectionId)
    }

    test.each(['disconnected', 'deleted'] as const)('one is found as it was: %s', async (what) => {
      const revocations = await makeRevocations()
      const revocation = aRevocation({ what })
      await revocations.remember(revocation)
      expect(await of(revocations, revocation.connectionId)).toEqual([revocation])
    })

    test('of one connection the latest is found', async () => {
      const revocations = await makeRevocations()
      const first = aRevocation()
      const last = { ...first, what: 'deleted', at: at(MINUTE) } as const
      await revocations.remember(first)
      await revocations.remember(last)
      expect(await of(revocations, first.connectionId)).toEqual([last])
    })
  })
}
