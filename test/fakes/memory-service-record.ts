import {
  type EndedSweep,
  type HourRecord,
  hourOf,
  hoursRead,
  type ServiceRecord,
  type TakenCensus,
} from '../../functions/domain/service-record.ts'

export interface MemoryServiceRecord extends ServiceRecord {
  /** From now on nothing can be written. */
  breakWith(error: Error): void
}

export function memoryServiceRecord(): MemoryServiceRecord {
  const sweeps: EndedSweep[] = []
  const censuses: TakenCensus[] = []
  let broken: Error | undefined
  return {
    addSweep: async (sweep) => {
      if (broken) throw broken
      sweeps.push(sweep)
    },
    keepCensus: async (taken) => {
      if (broken) throw broken
      censuses.push(taken)
    },
    read: async (now) => ({
      hours: hoursRead(now).flatMap((hour) => {
        const isOfHour = ({ at }: { readonly at: Date }) => hourOf(at).getTime() === hour.getTime()
        const own = sweeps.filter(isOfHour)
        const counts = censuses.findLast(isOfHour)?.counts
        return own.length > 0 || counts ? [{ ...recordOf(hour, own), counts }] : []
      }),
      census: censuses.at(-1),
    }),
    breakWith: (error) => {
      broken = error
    },
  }
}

function recordOf(hour: Date, sweeps: readonly EndedSweep[]): Omit<HourRecord, 'counts'> {
  const outcomes: Record<string, number> = {}
  for (const [outcome, count] of sweeps.flatMap((sweep) => Object.entries(sweep.outcomes))) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count
  }
  const latest = new Map(sweeps.map((sweep) => [sweep.shard, sweep]))
  const shards = [...latest.values()].map(({ shard, at: sweptAt, oldestDueMs }) => ({
    shard,
    sweptAt,
    oldestDueMs,
  }))
  return { hour, outcomes, shards: shards.toSorted((one, other) => one.shard - other.shard) }
}
