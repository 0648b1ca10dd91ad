import {
  type RefreshDependencies,
  type RefreshOutcome,
  refreshConnection,
} from './refresh-connection.ts'
import type { DueConnections } from './token-sets.ts'

/** How many refreshes run at the same time. */
const CONCURRENCY = 10

/** How many due connections one sweep takes; the rest is the next one's. */
const BATCH = 1000

export interface SweepDependencies extends RefreshDependencies {
  readonly dueConnections: DueConnections
  /** Told of every connection that the sweep tried. */
  readonly report: (
    connectionId: number,
    result: RefreshOutcome | { readonly error: unknown },
  ) => void
}

export interface Sweep {
  readonly shard: number
  /** Aborted when it is time to end; refreshes under way finish, no further one starts. */
  readonly ending: AbortSignal
  /** Aborted when nothing may go on. */
  readonly signal: AbortSignal
}

/** How many connections a sweep found due, and what became of them by outcome (`error` when one threw). */
export interface SweepResult {
  readonly due: number
  readonly outcomes: Readonly<Record<string, number>>
}

/** Refreshes what is due in one shard, the longest due first. One that fails stops no other. */
export async function sweepShard(deps: SweepDependencies, sweep: Sweep): Promise<SweepResult> {
  const due = await deps.dueConnections.due(sweep.shard, deps.now(), BATCH)
  const outcomes: Record<string, number> = {}
  const queue = due.values()
  const worker = async (): Promise<void> => {
    for (const connectionId of queue) {
      if (sweep.ending.aborted) return
      const outcome = await refreshOne(deps, connectionId, sweep.signal)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return { due: due.length, outcomes }
}

async function refreshOne(
  deps: SweepDependencies,
  connectionId: number,
  signal: AbortSignal,
): Promise<string> {
  try {
    const result = await refreshConnection(deps, { connectionId, when: 'due', signal })
    deps.report(connectionId, result)
    return result.outcome
  } catch (error) {
    deps.report(connectionId, { error })
    return 'error'
  }
}
