import { bucketsOf, type Shard } from './due-bucket.ts'
import { type RefreshRequest, refreshConnection } from './refresh-connection.ts'
import type { RefreshDependencies } from './refresh-dependencies.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { requestTurns } from './request-turns.ts'
import { ServiceError } from './service-error.ts'
import { startPacer } from './start-pacer.ts'
import type { DueConnection, DueConnections } from './token-sets.ts'

/** How long an item that cannot be used is left alone. */
const SET_ASIDE_MS = 15 * 60 * 1000

/** Errors that the next connection would meet as well. */
const CONCERNS_ALL = new Set([
  'secret_unreadable',
  'identity_token_unavailable',
  'store_unavailable',
  'configuration_invalid',
])

/** Errors that are one item's own. */
const CONCERNS_ONE = new Set(['item_malformed', 'token_unsealable'])

/** What became of one due connection. */
export type SweptOutcome = RefreshOutcome | { readonly outcome: 'error'; readonly error: unknown }

export interface SweepDependencies extends RefreshDependencies {
  readonly dueConnections: DueConnections
  /** How many token requests may be on their way at the same time. */
  readonly concurrency: number
  /**
   * How many further refreshes may be under way meanwhile: read and claimed, so that each answer is
   * followed by the next request at once, or being stored. With `n` times the concurrency, whoever has
   * claimed waits for `n` requests at most; what waits for too long is not sent and stays due.
   */
  readonly ahead: number
  /** How many refreshes may start in a second, so that catching up after an outage is no storm. */
  readonly startsPerSecond: number
  /** Told of every connection that the sweep tried. */
  readonly report: (connectionId: number, result: SweptOutcome) => void
}

export interface Sweep extends Shard {
  /** Aborted when it is time to end; requests on their way are finished, no further one is sent. */
  readonly ending: AbortSignal
  /** Aborted when nothing may go on. */
  readonly signal: AbortSignal
}

export interface SweepResult {
  /** What became of the connections that were tried, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** How long the longest due connection had been due that waits for nobody; 0 when there is none. */
  readonly oldestDueMs: number
  /** `all`: nothing that was due is left. `deadline`: the rest is the next sweep's. */
  readonly ended: 'all' | 'deadline' | 'held_back'
}

/**
 * Refreshes what is due in one shard. One connection that fails stops no other; what every further one
 * would meet as well (a rejected app credential, a secret or a store that does not answer) ends the
 * sweep, and the rest stays due.
 */
export async function sweepShard(deps: SweepDependencies, sweep: Sweep): Promise<SweepResult> {
  const startedAt = deps.now()
  const tally = sweepTally(startedAt)
  const pace = startPacer(deps, deps.startsPerSecond)
  const queue = dueConnectionsOf(deps, sweep, startedAt)
  let heldBack = false
  const turns = requestTurns(deps.concurrency)
  sweep.ending.addEventListener('abort', turns.callOff, { once: true })
  const worker = async (): Promise<void> => {
    for await (const due of queue) {
      await pace()
      if (sweep.ending.aborted || heldBack) return tally.leave(due)
      const request = { connectionId: due.connectionId, signal: sweep.signal, turns }
      const result = await refreshOne(deps, { ...request, when: 'due' })
      tally.add(due, result)
      if (!concernsAll(result)) continue
      heldBack = true
      turns.callOff()
    }
  }
  // Whoever has begun finishes, also when the list of what is due breaks off: a container is frozen after.
  const workers = await Promise.allSettled(
    Array.from({ length: deps.concurrency + deps.ahead }, worker),
  )
  const broken = workers.find(({ status }) => status === 'rejected')
  if (broken?.status === 'rejected') throw broken.reason
  const ended = heldBack ? 'held_back' : sweep.ending.aborted ? 'deadline' : 'all'
  return { ...tally.sum(), ended }
}

/** What a sweep comes to: outcomes by name, and how long the longest due had been due. */
function sweepTally(startedAt: Date) {
  const outcomes: Record<string, number> = {}
  let oldestDueMs = 0
  const leave = ({ dueSince }: DueConnection): void => {
    oldestDueMs = Math.max(oldestDueMs, startedAt.getTime() - dueSince.getTime())
  }
  return {
    /** One that was tried. */
    add: (due: DueConnection, result: SweptOutcome): void => {
      outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1
      // Microsoft asked for a pause in one tenant, which is no sign that sweeps do not keep up.
      const waitsForTenant = result.outcome === 'transient' && result.code === 'tenant_held'
      if (!waitsForTenant) leave(due)
    },
    /** One that was not reached. */
    leave,
    sum: () => ({ outcomes, oldestDueMs }),
  }
}

/** One reader for all workers: each takes the next connection, whichever bucket it is in. */
function dueConnectionsOf(
  deps: SweepDependencies,
  sweep: Sweep,
  until: Date,
): AsyncIterable<DueConnection> {
  const generator = (async function* () {
    for (const bucket of bucketsOf(sweep, until)) {
      if (sweep.ending.aborted) return
      yield* deps.dueConnections.due(bucket, until)
    }
  })()
  // A worker that returns must not close the queue for the others.
  return { [Symbol.asyncIterator]: () => ({ next: () => generator.next() }) }
}

async function refreshOne(deps: SweepDependencies, request: RefreshRequest): Promise<SweptOutcome> {
  const result = await attempt(deps, request)
  deps.report(request.connectionId, result)
  return result
}

async function attempt(deps: SweepDependencies, request: RefreshRequest): Promise<SweptOutcome> {
  try {
    return await refreshConnection(deps, request)
  } catch (error) {
    if (error instanceof ServiceError && CONCERNS_ONE.has(error.code)) {
      const until = new Date(deps.now().getTime() + SET_ASIDE_MS)
      // A failure here leaves it due, which is where it was.
      await deps.dueConnections.setAside(request.connectionId, until).catch(() => undefined)
    }
    return { outcome: 'error', error }
  }
}

function concernsAll(result: SweptOutcome): boolean {
  if (result.outcome !== 'error') return result.outcome === 'app_credential_rejected'
  return result.error instanceof ServiceError && CONCERNS_ALL.has(result.error.code)
}
