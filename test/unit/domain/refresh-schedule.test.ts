import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  boundedRetryAfter,
  GRANT_WARNING_MS,
  HOT_WINDOW_MS,
  IDLE_REFRESH_MS,
  isGrantExpiring,
  isHotWindowEnding,
  nextRefreshOf,
  probeAt,
  REFRESH_MARGIN_MS,
  retryAt,
  type Schedule,
} from '../../../functions/domain/refresh-schedule.ts'
import { at, DAY, HOUR, MINUTE, T0 } from '../../fakes/hand-clock.ts'

const ID = fc.integer({ min: 1, max: 2 ** 31 - 1 })
const GENERATION = fc.integer({ min: 1, max: 100_000 })

/** When tokens of that lifetime are refreshed next, for a connection that stays hot unless given. */
function nextOf(lifetimeMs: number, schedule: Partial<Schedule> = {}): Date {
  return nextRefreshOf({
    obtainedAt: T0,
    accessTokenExpiresAt: at(lifetimeMs),
    connectionId: 1,
    generation: 1,
    hotUntil: at(100 * DAY),
    policy: 'adaptive',
    ...schedule,
  })
}

describe('the next refresh of a hot connection', () => {
  test('is after the tokens were obtained and before the access token expires', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2 * DAY }),
        ID,
        GENERATION,
        (lifetime, connectionId, generation) => {
          const next = nextOf(lifetime, { connectionId, generation }).getTime()
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
        const next = nextOf(lifetime, { connectionId, generation }).getTime()
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
        const next = nextOf(lifetime, { connectionId })
        expect(next.getTime() - T0.getTime()).toBeGreaterThanOrEqual(Math.floor(lifetime / 2))
      }),
    )
  })

  test('is the same wherever it is computed', () => {
    const binding = { connectionId: 7, generation: 2 }
    expect(nextOf(HOUR, { ...binding })).toEqual(nextOf(HOUR, binding))
  })

  test('spreads a crowd that connected together', () => {
    const times = Array.from({ length: 500 }, (_, connectionId) =>
      nextOf(HOUR, { connectionId }).getTime(),
    )
    expect(new Set(times).size).toBeGreaterThan(450)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(2.5 * MINUTE)
  })

  test('spreads the generations of one connection as well', () => {
    const times = Array.from({ length: 20 }, (_, generation) =>
      nextOf(HOUR, { generation }).getTime(),
    )
    expect(new Set(times).size).toBeGreaterThan(15)
  })
})

describe('the next refresh of an idle connection', () => {
  const LIFETIME = fc.integer({ min: MINUTE, max: 28 * HOUR })
  const IDLE = { hotUntil: T0 }

  test('is within the last twentieth of seven days, whatever the lifetime', () => {
    fc.assert(
      fc.property(LIFETIME, ID, GENERATION, (lifetime, connectionId, generation) => {
        const next = nextOf(lifetime, { connectionId, generation, ...IDLE }).getTime()
        expect(next).toBeLessThanOrEqual(at(IDLE_REFRESH_MS).getTime())
        expect(next).toBeGreaterThanOrEqual(at(IDLE_REFRESH_MS * 0.95).getTime())
      }),
    )
  })

  test('comes often enough that twelve may fail before the grant has gone unused for 90 days', () => {
    expect(IDLE_REFRESH_MS * 12).toBeLessThan(90 * DAY)
  })

  test('spreads a crowd over hours', () => {
    const times = Array.from({ length: 500 }, (_, connectionId) =>
      nextOf(HOUR, { connectionId, ...IDLE }).getTime(),
    )
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(7 * HOUR)
  })

  test('is before expiry for as long as the window reaches that far, and not beyond', () => {
    fc.assert(
      fc.property(LIFETIME, ID, fc.integer({ min: 0, max: 2 * DAY }), (lifetime, id, window) => {
        const beforeExpiry = nextOf(lifetime, { connectionId: id })
        const hotUntil = at(window)
        const next = nextOf(lifetime, { connectionId: id, hotUntil })
        const isHot = beforeExpiry <= hotUntil
        expect(next.getTime() < at(lifetime).getTime()).toBe(isHot)
        if (isHot) expect(next).toEqual(beforeExpiry)
      }),
    )
  })

  test('under the policy always-hot there is none: every token is kept fresh', () => {
    fc.assert(
      fc.property(LIFETIME, ID, (lifetime, connectionId) => {
        const always = nextOf(lifetime, { connectionId, hotUntil: T0, policy: 'always-hot' })
        expect(always).toEqual(nextOf(lifetime, { connectionId }))
      }),
    )
  })
})

describe('the hot window', () => {
  test('is ending in its last quarter, so that once a day writes it down', () => {
    const quarter = HOT_WINDOW_MS / 4
    expect(isHotWindowEnding(at(quarter), T0)).toBe(false)
    expect(isHotWindowEnding(at(quarter - 1), T0)).toBe(true)
    expect(isHotWindowEnding(at(-1), T0)).toBe(true)
    expect(isHotWindowEnding(at(HOT_WINDOW_MS), T0)).toBe(false)
  })
})

describe('a grant', () => {
  test('is expiring when it was not used for 75 days, with 15 left to act', () => {
    expect(isGrantExpiring(T0, at(GRANT_WARNING_MS - 1))).toBe(false)
    expect(isGrantExpiring(T0, at(GRANT_WARNING_MS))).toBe(true)
    expect(90 * DAY - GRANT_WARNING_MS).toBe(15 * DAY)
  })
})

describe('the next look whether somebody has acted', () => {
  test('is in an hour, and up to a fifth more', () => {
    fc.assert(
      fc.property(ID, (connectionId) => {
        const wait = probeAt(T0, connectionId).getTime() - T0.getTime()
        expect(wait).toBeGreaterThanOrEqual(HOUR)
        expect(wait).toBeLessThanOrEqual(1.2 * HOUR)
      }),
    )
  })

  test('is another one each time, so that a crowd does not stay together', () => {
    const waits = Array.from({ length: 20 }, (_, n) => {
      const now = at(n * HOUR)
      return probeAt(now, 1).getTime() - now.getTime()
    })
    expect(new Set(waits).size).toBeGreaterThan(15)
  })
})

describe('Retry-After', () => {
  test('is taken at its word up to an hour', () => {
    expect(boundedRetryAfter(T0, at(7))).toEqual(at(7))
    expect(boundedRetryAfter(T0, at(HOUR))).toEqual(at(HOUR))
    expect(boundedRetryAfter(T0, at(HOUR + 1))).toEqual(at(HOUR))
  })

  test('that is absent is in the past', () => {
    expect(boundedRetryAfter(T0, undefined) < T0).toBe(true)
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
