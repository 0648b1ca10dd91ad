import type { Clock } from '../../functions/domain/clock.ts'

/**
 * When every test begins: far in the future, so that no store deletes by its own clock what a test
 * has let expire.
 */
export const T0 = new Date('2096-03-01T12:00:00.000Z')

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A point in time, counted from when every test begins. */
export function at(ms: number): Date {
  return new Date(T0.getTime() + ms)
}

/** A clock that stands still until it is moved. */
export interface HandClock {
  readonly now: Clock
  advance(ms: number): void
}

export function handClock(start: Date = T0): HandClock {
  let ms = start.getTime()
  return {
    now: () => new Date(ms),
    advance: (by) => {
      ms += by
    },
  }
}
