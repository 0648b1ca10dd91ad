import { describe, expect, test } from 'vitest'
import { startPacer } from '../../../functions/domain/start-pacer.ts'
import { handClock, SECOND, T0 } from '../../fakes/hand-clock.ts'

/** A pacer whose waits are written down, and end only when the clock is moved. */
function aPacer(startsPerSecond: number) {
  const clock = handClock()
  const waits: number[] = []
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  return { clock, waits, pace: startPacer({ now: clock.now, wait }, startsPerSecond) }
}

describe('a pacer', () => {
  test('lets the first start at once and spaces out the rest evenly', async () => {
    const { waits, pace } = aPacer(10)
    await Promise.all([pace(), pace(), pace(), pace()])
    expect(waits).toEqual([100, 200, 300])
  })

  test('gives whoever comes late no turn to catch up with', async () => {
    const { clock, waits, pace } = aPacer(10)
    await pace()
    clock.advance(10 * SECOND)
    await pace()
    expect(waits).toEqual([])
    await pace()
    expect(waits).toEqual([100])
  })

  test('never starts more than so many in any second', async () => {
    const clock = handClock()
    const starts: number[] = []
    const wait = async (ms: number) => clock.advance(ms)
    const pace = startPacer({ now: clock.now, wait }, 7)
    for (let n = 0; n < 100; n += 1) {
      await pace()
      starts.push(clock.now().getTime() - T0.getTime())
      if (n % 13 === 0) clock.advance(333)
    }
    for (const start of starts) {
      const within = starts.filter((other) => other >= start && other < start + SECOND)
      expect(within.length).toBeLessThanOrEqual(8)
    }
  })

  test('without a limit nobody waits', async () => {
    const { waits, pace } = aPacer(Number.POSITIVE_INFINITY)
    await Promise.all(Array.from({ length: 100 }, pace))
    expect(waits).toEqual([])
  })
})
