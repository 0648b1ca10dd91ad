import { nextRefreshOf } from '../../functions/domain/refresh-schedule.ts'
import type { SweepCost } from './sweep-cost.ts'

/** What a million connections cost in a month. */
export interface Price {
  readonly intervalMinutes: number
  readonly refreshes: number
  readonly dollars: number
  readonly parts: Readonly<Record<string, number>>
}

/** What one refresh takes. */
export interface RefreshUse {
  readonly writeUnits: number
  readonly readUnits: number
  /** Of one core, as measured; a function's memory decides what part of a core it has. */
  readonly cpuMs: number
}

const CONNECTIONS = 1_000_000
const MINUTE_MS = 60_000
export const MINUTES_A_MONTH = 730 * 60

/** The mean life of an access token: Entra gives 60 to 90 minutes. */
export const TOKEN_LIFE_MINUTES = 75

/** The interval that aws.md §7 reckons with. */
export const LISTED_INTERVAL_MINUTES = 70

/** List prices of us-east-1. */
export const PER_MILLION = { writeUnit: 0.625, readUnit: 0.125, gigabyteSecond: 13.3334, run: 0.2 }
export const PER_GIGABYTE = { log: 0.5, egress: 0.09 }

/** As aws.md §7 assumes them for every design. */
const LOG_BYTES = 500
const EGRESS_BYTES = 2500
const SECRETS = 2.1
const REFRESH_SECONDS = 0.4

/** `refresh` as it is deployed: memory, shards, refreshes at the same time, and what a core is. */
const MEMORY_GIB = 0.5
export const SHARDS = 4
const IN_FLIGHT = 32
const GIB_OF_A_CORE = 1769 / 1024

const BUCKETS = 64
const EMPTY_SWEEP_SECONDS = 0.1

/** The mean interval of a hot connection's refreshes, by the product's own schedule. */
export function hotIntervalMinutes(): number {
  return meanInterval('always-hot', TOKEN_LIFE_MINUTES * MINUTE_MS)
}

/** The mean interval of an idle connection's. */
export function idleIntervalMinutes(): number {
  return meanInterval('adaptive', TOKEN_LIFE_MINUTES * MINUTE_MS)
}

function meanInterval(policy: 'always-hot' | 'adaptive', lifeMs: number): number {
  const obtainedAt = new Date(0)
  const samples = Array.from({ length: 10_000 }, (_, connectionId) =>
    nextRefreshOf({
      obtainedAt,
      accessTokenExpiresAt: new Date(lifeMs),
      connectionId,
      generation: 1,
      hotUntil: obtainedAt,
      policy,
    }).getTime(),
  )
  return samples.reduce((sum, time) => sum + time, 0) / samples.length / MINUTE_MS
}

/** What a refresh used on DynamoDB Local; of the index, a full page's share. */
export function useOf({ usage, due }: SweepCost, cpuMs: number): RefreshUse {
  const reads = ['GetItem table', 'BatchGetItem table', 'BatchGetItem of nothing']
  const units = reads.map((name) => usage.units[name] ?? 0).reduce((sum, part) => sum + part, 0)
  const indexShare = 0.02
  return { writeUnits: usage.writeUnits / due, readUnits: units / due + indexShare, cpuMs }
}

/** The price by the model of aws.md §7, of a million connections that are refreshed so often. */
export function priceOf(use: RefreshUse, intervalMinutes: number): Price {
  const refreshes = (CONNECTIONS * MINUTES_A_MONTH) / intervalMinutes
  const each = refreshParts(use, refreshes)
  const empty = emptySweepParts()
  const parts = {
    ...each,
    writes: each.writes + empty.writes,
    reads: each.reads + empty.reads,
    lambda: each.lambda + empty.lambda,
    secrets: SECRETS,
  }
  const dollars = Object.values(parts).reduce((sum, part) => sum + part, 0)
  return { intervalMinutes, refreshes, dollars, parts }
}

/** What so many refreshes cost, and nothing that is paid without any. */
export function refreshParts(
  use: RefreshUse,
  refreshes: number,
): Readonly<Record<'writes' | 'reads' | 'lambda' | 'logs' | 'egress', number>> {
  const millions = refreshes / 1_000_000
  return {
    writes: millions * use.writeUnits * PER_MILLION.writeUnit,
    reads: millions * use.readUnits * PER_MILLION.readUnit,
    lambda: millions * gigabyteSecondsOf(use) * PER_MILLION.gigabyteSecond,
    logs: (refreshes * LOG_BYTES * PER_GIGABYTE.log) / 1e9,
    egress: (refreshes * EGRESS_BYTES * PER_GIGABYTE.egress) / 1e9,
  }
}

/** What a month of sweeps costs that find nothing due; each is put on record in an item below a KB. */
export function emptySweepParts(): Readonly<Record<'writes' | 'reads' | 'lambda', number>> {
  const runs = (SHARDS * MINUTES_A_MONTH) / 1_000_000
  const reads = (MINUTES_A_MONTH * BUCKETS * 0.5) / 1_000_000
  const seconds = EMPTY_SWEEP_SECONDS * MEMORY_GIB
  return {
    writes: runs * PER_MILLION.writeUnit,
    reads: reads * PER_MILLION.readUnit,
    lambda: runs * (PER_MILLION.run + seconds * PER_MILLION.gigabyteSecond),
  }
}

/** A refresh takes its share of the waiting, or its processor time where that is longer. */
function gigabyteSecondsOf({ cpuMs }: RefreshUse): number {
  const waiting = REFRESH_SECONDS / IN_FLIGHT
  const computing = cpuMs / 1000 / (MEMORY_GIB / GIB_OF_A_CORE)
  return Math.max(waiting, computing) * MEMORY_GIB
}

/** The same, with an item of other size: a write takes a unit for each KB, a strong read for each 4. */
export function withItemBytes(use: RefreshUse, from: number, to: number): RefreshUse {
  const kilobytes = (bytes: number) => Math.ceil(bytes / 1024)
  const fourKilobytes = (bytes: number) => Math.ceil(bytes / 4096)
  return {
    ...use,
    writeUnits: use.writeUnits - kilobytes(from) + kilobytes(to),
    readUnits: use.readUnits - fourKilobytes(from) + fourKilobytes(to),
  }
}

/** Monthly prices of other designs for a million hot connections, from aws.md §7. */
export const LISTED_DESIGNS: readonly (readonly [name: string, dollars: number])[] = [
  ['due index, 3 KB item', 2893],
  ['due index, 4 KB item', 3284],
  ['SQS workers without a lease', 3465],
  ['due index, 5 KB item', 3753],
  ['SQS beside the due index', 3854],
  ['SQS workers with a lease on the item', 4247],
  ['a schedule per connection, by SQS', 4301],
  ['Step Functions distributed map', 4337],
  ['a schedule per connection, to Lambda', 5102],
  ['one item with a lease', 5421],
  ['transactional commit', 6594],
  ['two KMS calls per refresh', 7507],
  ['a secret per connection', 406257],
]
