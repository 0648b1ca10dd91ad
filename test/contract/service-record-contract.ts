import { beforeEach, describe, expect, test } from 'vitest'
import type { ServiceRecord, TakenCensus } from '../../functions/domain/service-record.ts'
import { at, DAY, HOUR, MINUTE } from '../fakes/hand-clock.ts'

/** Each test has days of its own, since there may be other hours on record. */
let day = 0

const someCensus = (taken: Date): TakenCensus => ({
  at: taken,
  counts: { pending: 1, connected: 20, reauthorization_required: 3, disconnected: 4 },
  waiting: [
    { code: 'AADSTS53003', who: 'administrator', situation: 'blocked_by_policy', connections: 5 },
    { code: 'AADSTS50173', who: 'user', situation: 'grant_revoked', connections: 3 },
  ],
})

/** What every record of the service promises. */
export function serviceRecordContract(
  name: string,
  makeRecord: () => Promise<ServiceRecord>,
): void {
  describe(`${name}: the record of the service`, () => {
    beforeEach(() => {
      day += 3
    })
    /** So long after the beginning of an hour. */
    const time = (elapsed: number) => {
      const begin = at(day * DAY).getTime()
      return new Date(begin - (begin % HOUR) + elapsed)
    }
    const aSweep = (elapsed: number, shard = 0) => ({
      shard,
      at: time(elapsed),
      outcomes: { refreshed: 2 },
      oldestDueMs: 7,
    })

    test('has no hour in which nothing was swept', async () => {
      const record = await makeRecord()
      await record.addSweep(aSweep(0))
      await record.addSweep(aSweep(2 * HOUR))
      const { hours } = await record.read(time(3 * HOUR))
      expect(hours.map(({ hour }) => hour)).toEqual([time(2 * HOUR), time(0)])
    })

    test('adds up what became of refreshes within an hour, and tells of the last sweep', async () => {
      const record = await makeRecord()
      await record.addSweep({ ...aSweep(0), outcomes: { refreshed: 40, transient: 1 } })
      const last = { ...aSweep(HOUR - 1), outcomes: { refreshed: 2, blocked: 1 }, oldestDueMs: 9 }
      await record.addSweep(last)
      const { hours } = await record.read(last.at)
      expect(hours).toEqual([
        {
          hour: time(0),
          outcomes: { refreshed: 42, transient: 1, blocked: 1 },
          shards: [{ shard: 0, sweptAt: last.at, oldestDueMs: 9 }],
        },
      ])
    })

    test('tells of each shard, by number, also of sweeps that end together', async () => {
      const record = await makeRecord()
      const sweeps = [11, 2, 0].map((shard) => aSweep(MINUTE, shard))
      await Promise.all(sweeps.map((sweep) => record.addSweep(sweep)))
      const { hours } = await record.read(time(0))
      expect(hours[0]?.shards.map(({ shard }) => shard)).toEqual([0, 2, 11])
      expect(hours[0]?.outcomes).toEqual({ refreshed: 6 })
    })

    test('tells of a sweep that found nothing', async () => {
      const record = await makeRecord()
      await record.addSweep({ ...aSweep(0), outcomes: {}, oldestDueMs: 0 })
      const shards = [{ shard: 0, sweptAt: time(0), oldestDueMs: 0 }]
      const { hours } = await record.read(time(0))
      expect(hours).toEqual([{ hour: time(0), outcomes: {}, shards }])
    })

    test('is read for the hour that has begun and a day before it', async () => {
      const record = await makeRecord()
      await record.addSweep(aSweep(0))
      const last = 25 * HOUR - 1
      expect((await record.read(time(last))).hours).toHaveLength(1)
      expect((await record.read(time(last + 1))).hours).toEqual([])
    })

    test('has the census that was kept last', async () => {
      const record = await makeRecord()
      await record.keepCensus(someCensus(time(0)))
      const none = { pending: 0, connected: 0, reauthorization_required: 0, disconnected: 0 }
      const empty = { at: time(MINUTE), counts: none, waiting: [] }
      expect((await record.read(time(0))).census).toEqual(someCensus(time(0)))
      await record.keepCensus(empty)
      expect((await record.read(time(MINUTE))).census).toEqual(empty)
    })

    test('has the counts of each hour as they were last, beside what was swept', async () => {
      const record = await makeRecord()
      const later = { ...someCensus(time(HOUR - 1)).counts, connected: 21 }
      await record.keepCensus(someCensus(time(0)))
      await record.addSweep(aSweep(1))
      await record.keepCensus({ ...someCensus(time(HOUR - 1)), counts: later })
      await record.addSweep(aSweep(HOUR))
      await record.keepCensus(someCensus(time(2 * HOUR)))
      const { hours } = await record.read(time(2 * HOUR))
      expect(hours.map(({ counts }) => counts?.connected)).toEqual([20, undefined, 21])
      expect(hours[2]?.outcomes).toEqual({ refreshed: 2 })
      expect(hours[0]?.shards).toEqual([])
    })
  })
}
