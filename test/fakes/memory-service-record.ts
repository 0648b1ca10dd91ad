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
  let census: TakenCensus | undefined
  let broken: Error | undefined
  return {
    addSweep: async (sweep) => {
      if (broken) throw broken
      sweeps.push(sweep)
    },
    keepCensus: async (taken) => {
      if (broken) throw broken
      census = taken
    },
    read: async (now) => ({
      hours: hoursRead(now).flatMap((hour) => {
        const own = sweeps.filter(({ at }) => hourOf(at).getTime() === hour.getTime())
        return own.length > 0 ? [recordOf(hour, own)] : []
      }),
      census,
    }),
    breakWith: (error) => {
      broken = error
    },
  }
}

function recordOf(hour: Date, sweeps: readonly EndedSweep[]): HourRecord {
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
