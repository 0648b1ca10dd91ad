import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bucketsOf,
  DUE_BUCKETS,
  dueBucketOf,
  isShard,
  type Shard,
} from '../../../functions/domain/due-bucket.ts'
import { at, MINUTE, T0 } from '../../fakes/hand-clock.ts'

const EVERY_BUCKET = Array.from({ length: DUE_BUCKETS }, (_, bucket) => bucket)
const EVERY_SPLIT = Array.from({ length: DUE_BUCKETS }, (_, n) => n + 1)
const ID = fc.integer({ min: 1, max: 2 ** 31 - 1 })

const shardsOf = (shards: number): readonly Shard[] =>
  Array.from({ length: shards }, (_, shard) => ({ shard, shards }))
const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)

describe('the bucket of a connection', () => {
  test('is one of those that there are, and always the same', () => {
    fc.assert(
      fc.property(ID, (connectionId) => {
        const bucket = dueBucketOf(connectionId)
        expect(EVERY_BUCKET).toContain(bucket)
        expect(dueBucketOf(connectionId)).toBe(bucket)
      }),
    )
  })

  test('never changes from one version to the next, since it is stored', () => {
    const known = [1, 2, 3, 1_000_000, 2 ** 31 - 2].map(dueBucketOf)
    expect(known).toEqual([57, 6, 1, 45, 56])
  })

  test('spreads connections evenly', () => {
    const counts = EVERY_BUCKET.map(() => 0)
    for (let id = 1; id <= 64_000; id += 1) {
      const bucket = dueBucketOf(id)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
  })
})

describe('the buckets of the shards', () => {
  test.each(EVERY_SPLIT)('of %i shards, each bucket belongs to exactly one', (shards) => {
    const all = shardsOf(shards).flatMap((shard) => bucketsOf(shard, T0))
    expect(ascending(all)).toEqual(EVERY_BUCKET)
  })

  test('from any number of shards to any other, no connection is left out and none is moved', () => {
    for (const before of EVERY_SPLIT) {
      const swept = new Set(shardsOf(before).flatMap((shard) => bucketsOf(shard, T0)))
      for (const after of EVERY_SPLIT) {
        const sweptAfter = shardsOf(after).flatMap((shard) => bucketsOf(shard, T0))
        const lost = [...swept].filter((bucket) => !sweptAfter.includes(bucket))
        if (lost.length > 0 || sweptAfter.length !== DUE_BUCKETS) {
          expect.unreachable(`${before} to ${after} loses ${lost} or sweeps twice`)
        }
      }
    }
    expect(EVERY_SPLIT).toHaveLength(64)
  })

  test('are about as many for each shard', () => {
    for (const shards of EVERY_SPLIT) {
      const sizes = shardsOf(shards).map((shard) => bucketsOf(shard, T0).length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }
  })

  test('are the same at any time, in whatever order', () => {
    const minutes = fc.integer({ min: 0, max: 10_000_000 })
    fc.assert(
      fc.property(fc.constantFrom(...EVERY_SPLIT), minutes, (shards, minute) => {
        for (const shard of shardsOf(shards)) {
          const now = ascending(bucketsOf(shard, at(minute * MINUTE)))
          expect(now).toEqual(ascending(bucketsOf(shard, T0)))
        }
      }),
    )
  })

  test('begin with another one each minute, so that each is once the first', () => {
    for (const shards of [1, 3, 8, 64]) {
      const shard = { shard: 0, shards }
      const size = bucketsOf(shard, T0).length
      const firsts = Array.from({ length: size }, (_, m) => bucketsOf(shard, at(m * MINUTE))[0])
      expect(new Set(firsts).size).toBe(size)
    }
  })

  test('keep their order within a minute', () => {
    const shard = { shard: 0, shards: 2 }
    expect(bucketsOf(shard, at(MINUTE - 1))).toEqual(bucketsOf(shard, T0))
  })
})

describe('a shard', () => {
  test.each([1, 2, 7, 63, 64])('of %i is one from 0 to one less', (shards) => {
    expect(isShard({ shard: 0, shards })).toBe(true)
    expect(isShard({ shard: shards - 1, shards })).toBe(true)
    expect(isShard({ shard: shards, shards })).toBe(false)
    expect(isShard({ shard: -1, shards })).toBe(false)
  })

  test.each([
    [0, 0],
    [0, -1],
    [0, 65],
    [0.5, 2],
    [0, 1.5],
    [Number.NaN, 2],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
  ])('%d of %d is none', (shard, shards) => {
    expect(isShard({ shard, shards })).toBe(false)
  })
})
