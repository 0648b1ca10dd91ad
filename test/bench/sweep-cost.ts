import { sweepShard } from '../../functions/domain/sweep-shard.ts'
import { TABLE_NAMES } from '../../infra/local/dynamodb.ts'
import { keyringOf, newKey } from './support/keyring.ts'
import type { Usage } from './support/metered-client.ts'
import { progressOf, say } from './support/progress.ts'
import { type Store, seedDue, seedNotDue } from './support/seed.ts'
import { sweepDependencies } from './support/service.ts'

/** What a sweep of all buckets used, with so many connections stored. */
export interface SweepCost {
  readonly stored: number
  readonly due: number
  readonly requestsPerDue: number
  readonly readUnitsPerDue: number
  readonly writeUnitsPerDue: number
  readonly seconds: number
  /** The whole of a sweep that finds nothing due. */
  readonly empty: Usage
  readonly usage: Usage
}

export interface SweepCostOptions {
  readonly store: Store
  readonly readMeter: () => Usage
  readonly entraBaseUrl: string
  readonly due: number
  readonly upTo: number
}

const FIRST_SIZE = 1000
const CONCURRENCY = 16

/** How often each size is swept: how many reads fall into one call depends on the pace, so the middle counts. */
const SWEEPS = 5

/** A process that has just started gathers fewer reads into one call than one that has swept for a while. */
const WARM_UP_SWEEPS = 20

/** Sweeps until this process and DynamoDB Local have their pace, on a table that is thrown away after. */
export async function warmUpSweeps(options: SweepCostOptions): Promise<void> {
  const readKeyring = keyringOf(newKey())
  for (let n = 0; n < WARM_UP_SWEEPS; n += 1) await sweepOnce(options, readKeyring, options.due)
}

/** Sweeps the same number of due connections among ten times as many at each step. */
export async function measureSweepCost(options: SweepCostOptions): Promise<readonly SweepCost[]> {
  const readKeyring = keyringOf(newKey())
  const costs: SweepCost[] = []
  let stored = 0
  for (let size = FIRST_SIZE; size <= options.upTo; size *= 10) {
    const missing = size - stored - options.due
    const progress = progressOf(`storing connections up to ${size.toLocaleString('en')}`, missing)
    await seedNotDue(options.store, missing, progress)
    stored = size
    const cost = await sweepOften(options, readKeyring, stored)
    say(
      `swept ${cost.due} due of ${stored.toLocaleString('en')} in ${cost.seconds.toFixed(1)} s: ${cost.readUnitsPerDue.toFixed(3)} read units, ${cost.requestsPerDue.toFixed(3)} requests each`,
    )
    costs.push(cost)
  }
  return costs
}

/** The sweep of the middle number of requests. What it refreshed counts among the stored from then on. */
async function sweepOften(
  options: SweepCostOptions,
  readKeyring: ReturnType<typeof keyringOf>,
  stored: number,
): Promise<SweepCost> {
  const costs: SweepCost[] = []
  while (costs.length < SWEEPS) costs.push(await sweepOnce(options, readKeyring, stored))
  const [middle] = costs
    .toSorted((one, other) => one.requestsPerDue - other.requestsPerDue)
    .slice(Math.floor(SWEEPS / 2))
  if (middle === undefined) throw new Error('nothing was swept')
  return middle
}

async function sweepOnce(
  { store, readMeter, entraBaseUrl, due }: SweepCostOptions,
  readKeyring: ReturnType<typeof keyringOf>,
  stored: number,
): Promise<SweepCost> {
  await seedDue(store, readKeyring, due)
  const deps = sweepDependencies({
    ...store,
    entraBaseUrl,
    readKeyring,
    concurrency: CONCURRENCY,
  })
  const neverAborted = new AbortController().signal
  const sweep = { shard: 0, shards: 1, ending: neverAborted, signal: neverAborted }
  readMeter()
  const startedAt = performance.now()
  const { outcomes } = await sweepShard(deps, sweep)
  const seconds = (performance.now() - startedAt) / 1000
  const usage = readMeter()
  if (outcomes.refreshed !== due) throw new Error(`expected ${due}: ${JSON.stringify(outcomes)}`)
  await sweepShard(deps, sweep)
  return {
    stored,
    due,
    requestsPerDue: usage.requests / due,
    readUnitsPerDue: usage.readUnits / due,
    writeUnitsPerDue: usage.writeUnits / due,
    seconds,
    usage,
    empty: readMeter(),
  }
}

/** The table that the sweep is measured on. */
export const SWEPT_TABLE = TABLE_NAMES.connections
