import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { PROBE_INTERVAL_MS, type RefreshBrakes } from '../../functions/domain/refresh-brakes.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'

/** What every store of the brakes promises; the breaker is one for all of it. */
export function refreshBrakesContract(
  name: string,
  makeBrakes: () => Promise<RefreshBrakes>,
): void {
  describe(`${name}: refresh brakes`, () => {
    let brakes: RefreshBrakes
    beforeEach(async () => {
      brakes = await makeBrakes()
      await brakes.closeAppBreaker()
    })
    const countOf20 = async (ask: () => Promise<boolean>) =>
      (await Promise.all(Array.from({ length: 20 }, ask))).filter(Boolean).length
    const PROBE_TIME = at(PROBE_INTERVAL_MS)

    test('at first nothing is held back', async () => {
      const nothing = { tenantHeldUntil: undefined, appBreaker: undefined }
      expect(await brakes.read(randomUUID())).toEqual(nothing)
    })

    describe('the hold of a tenant', () => {
      test('lasts until the time that was given, to the millisecond', async () => {
        const tenant = randomUUID()
        await brakes.holdTenant(tenant, at(7))
        expect((await brakes.read(tenant)).tenantHeldUntil).toEqual(at(7))
      })

      test('concerns no other tenant', async () => {
        await brakes.holdTenant(randomUUID(), at(7))
        expect((await brakes.read(randomUUID())).tenantHeldUntil).toBeUndefined()
      })

      test('is prolonged by a longer one and never shortened', async () => {
        const tenant = randomUUID()
        for (const [until, expected] of [
          [10, 10],
          [5, 10],
          [10, 10],
          [11, 11],
        ] as const) {
          await brakes.holdTenant(tenant, at(until * MINUTE))
          expect((await brakes.read(tenant)).tenantHeldUntil).toEqual(at(expected * MINUTE))
        }
      })

      test('of 20 at once, the longest stays', async () => {
        const tenant = randomUUID()
        const untils = Array.from({ length: 20 }, (_, n) => at(((n * 7) % 20) * MINUTE))
        await Promise.all(untils.map((until) => brakes.holdTenant(tenant, until)))
        expect((await brakes.read(tenant)).tenantHeldUntil).toEqual(at(19 * MINUTE))
      })
    })

    describe('the breaker of the app', () => {
      test('is opened once, with the code and the time of whoever opened it', async () => {
        expect(await brakes.openAppBreaker('AADSTS7000222', at(1))).toBe(true)
        expect(await brakes.openAppBreaker('AADSTS7000215', at(2))).toBe(false)
        const appBreaker = {
          code: 'AADSTS7000222',
          openedAt: at(1),
          nextProbeAt: at(1 + PROBE_INTERVAL_MS),
        }
        expect((await brakes.read(randomUUID())).appBreaker).toEqual(appBreaker)
      })

      test('of 20 at once, one opens it', async () => {
        expect(await countOf20(() => brakes.openAppBreaker('invalid_client', at(0)))).toBe(1)
      })

      test('lets nobody probe within a minute of its opening, and one from then on', async () => {
        await brakes.openAppBreaker('invalid_client', at(0))
        expect(await brakes.takeProbe(at(PROBE_INTERVAL_MS - 1))).toBe(false)
        expect(await countOf20(() => brakes.takeProbe(PROBE_TIME))).toBe(1)
      })

      test('lets the next one probe a minute after the last', async () => {
        await brakes.openAppBreaker('invalid_client', at(0))
        await brakes.takeProbe(PROBE_TIME)
        expect(await brakes.takeProbe(at(2 * PROBE_INTERVAL_MS - 1))).toBe(false)
        expect(await brakes.takeProbe(at(2 * PROBE_INTERVAL_MS))).toBe(true)
        const { appBreaker } = await brakes.read(randomUUID())
        expect(appBreaker).toEqual({
          code: 'invalid_client',
          openedAt: at(0),
          nextProbeAt: at(3 * PROBE_INTERVAL_MS),
        })
      })

      test('while closed there is nothing to probe, and asking opens nothing', async () => {
        expect(await brakes.takeProbe(at(0))).toBe(false)
        expect((await brakes.read(randomUUID())).appBreaker).toBeUndefined()
      })

      test('is closed once', async () => {
        await brakes.openAppBreaker('invalid_client', at(0))
        expect(await countOf20(() => brakes.closeAppBreaker())).toBe(1)
        expect((await brakes.read(randomUUID())).appBreaker).toBeUndefined()
      })

      test('opens again after it was closed', async () => {
        await brakes.openAppBreaker('invalid_client', at(0))
        await brakes.closeAppBreaker()
        expect(await brakes.openAppBreaker('AADSTS7000215', at(MINUTE))).toBe(true)
        const { appBreaker } = await brakes.read(randomUUID())
        expect(appBreaker).toMatchObject({ code: 'AADSTS7000215', openedAt: at(MINUTE) })
      })

      test('and the hold of a tenant are apart', async () => {
        const tenant = randomUUID()
        await brakes.holdTenant(tenant, at(7))
        await brakes.openAppBreaker('invalid_client', at(0))
        await brakes.closeAppBreaker()
        expect(await brakes.read(tenant)).toEqual({
          tenantHeldUntil: at(7),
          appBreaker: undefined,
        })
      })
    })
  })
}
