import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  nextRefreshOf,
  REFRESH_MARGIN_MS,
  retryAt,
  shardOf,
} from '../../../functions/domain/refresh-schedule.ts'
import { at, DAY, HOUR, MINUTE, T0 } from '../../fakes/hand-clock.ts'

const ID = fc.integer({ min: 1, max: 2 ** 31 - 1 })
const GENERATION = fc.integer({ min: 1, max: 100_000 })

function tokensOf(lifetimeMs: number) {
  return { obtainedAt: T0, accessTokenExpiresAt: at(lifetimeMs) }
}

describe('the next refresh', () => {
  test('is after the tokens were obtained and before the access token expires', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2 * DAY }),
        ID,
        GENERATION,
        (lifetime, connectionId, generation) => {
          const next = nextRefreshOf(tokensOf(lifetime), { connectionId, generation }).getTime()
          expect(next).toBeGreaterThan(T0.getTime())
          expect(next).toBeLessThan(at(lifetime).getTime())
        },
      ),
    )
  })

  test('leaves the margin of ten minutes or a tenth, and takes little more than that', () => {
    const longEnough = fc.integer({ min: HOUR, max: 28 * HOUR })
    fc.assert(
      fc.property(longEnough, ID, GENERATION, (lifetime, connectionId, generation) => {
        const next = nextRefreshOf(tokensOf(lifetime), { connectionId, generation }).getTime()
        const left = at(lifetime).getTime() - next
        const margin = Math.max(REFRESH_MARGIN_MS, lifetime / 10)
        expect(left).toBeGreaterThanOrEqual(Math.floor(margin))
        expect(left).toBeLessThanOrEqual(Math.ceil(margin + lifetime * 0.05))
      }),
    )
  })

  test('lets at least half of the life be used, also of a short one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: HOUR }), ID, (lifetime, connectionId) => {
        const next = nextRefreshOf(tokensOf(lifetime), { connectionId, generation: 1 })
        expect(next.getTime() - T0.getTime()).toBeGreaterThanOrEqual(Math.floor(lifetime / 2))
      }),
    )
  })

  test('is the same wherever it is computed', () => {
    const binding = { connectionId: 7, generation: 2 }
    const next = nextRefreshOf(tokensOf(HOUR), binding)
    expect(nextRefreshOf(tokensOf(HOUR), { ...binding })).toEqual(next)
  })

  test('spreads a crowd that connected together', () => {
    const times = Array.from({ length: 500 }, (_, connectionId) =>
      nextRefreshOf(tokensOf(HOUR), { connectionId, generation: 1 }).getTime(),
    )
    expect(new Set(times).size).toBeGreaterThan(450)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(2.5 * MINUTE)
  })

  test('spreads the generations of one connection as well', () => {
    const times = Array.from({ length: 20 }, (_, generation) =>
      nextRefreshOf(tokensOf(HOUR), { connectionId: 1, generation }).getTime(),
    )
    expect(new Set(times).size).toBeGreaterThan(15)
  })
})

describe('the next try after a failure', () => {
  const waitOf = (failure: { connectionId?: number; count: number; retryAfter?: Date }) =>
    retryAt(T0, { connectionId: 1, retryAfter: undefined, ...failure }).getTime() - T0.getTime()
  const COUNT = fc.integer({ min: 1, max: 1_000_000 })

  test.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
    [6, 32],
    [7, 60],
    [8, 60],
    [1000, 60],
  ])('after failure %i it waits %i minutes and up to a fifth more', (count, minutes) => {
    for (let connectionId = 0; connectionId < 200; connectionId += 1) {
      const wait = waitOf({ connectionId, count })
      expect(wait).toBeGreaterThanOrEqual(minutes * MINUTE)
      expect(wait).toBeLessThanOrEqual(minutes * MINUTE * 1.2)
    }
  })

  test('waits longer with each failure until the longest wait', () => {
    fc.assert(
      fc.property(ID, (connectionId) => {
        const waits = [1, 2, 3, 4, 5, 6, 7].map((count) => waitOf({ connectionId, count }))
        expect(waits).toEqual(waits.toSorted((a, b) => a - b))
      }),
    )
  })

  test('is never before Retry-After, up to an hour of it', () => {
    fc.assert(
      fc.property(COUNT, fc.integer({ min: 0, max: HOUR }), (count, ms) => {
        expect(waitOf({ count, retryAfter: at(ms) })).toBeGreaterThanOrEqual(ms)
      }),
    )
  })

  test('is bounded, whatever Retry-After asks for', () => {
    const anyDate = fc.date({ noInvalidDate: true })
    fc.assert(
      fc.property(ID, COUNT, anyDate, (connectionId, count, retryAfter) => {
        const wait = waitOf({ connectionId, count, retryAfter })
        expect(wait).toBeGreaterThanOrEqual(MINUTE)
        expect(wait).toBeLessThanOrEqual(1.2 * HOUR)
      }),
    )
  })

  test('spreads a crowd that failed together', () => {
    const waits = Array.from({ length: 300 }, (_, connectionId) =>
      waitOf({ connectionId, count: 3 }),
    )
    expect(new Set(waits).size).toBeGreaterThan(250)
  })
})

describe('the shard', () => {
  test('is one of those that there are, and always the same', () => {
    fc.assert(
      fc.property(ID, fc.integer({ min: 1, max: 64 }), (connectionId, shards) => {
        const shard = shardOf(connectionId, shards)
        expect(Number.isInteger(shard)).toBe(true)
        expect(shard).toBeGreaterThanOrEqual(0)
        expect(shard).toBeLessThan(shards)
        expect(shardOf(connectionId, shards)).toBe(shard)
      }),
    )
  })

  test.each([2, 4, 8, 16])('spreads connections evenly over %i', (shards) => {
    const counts = Array.from({ length: shards }, () => 0)
    for (let id = 1; id <= 8000; id += 1) {
      const shard = shardOf(id, shards)
      counts[shard] = (counts[shard] ?? 0) + 1
    }
    for (const count of counts) {
      expect(count).toBeGreaterThan((8000 / shards) * 0.8)
      expect(count).toBeLessThan((8000 / shards) * 1.2)
    }
  })
})
