import {
  emptySweepParts,
  hotIntervalMinutes,
  idleIntervalMinutes,
  MINUTES_A_MONTH,
  PER_GIGABYTE,
  PER_MILLION,
  type RefreshUse,
  refreshParts,
  SHARDS,
} from './price.ts'

/** What a refresh used, and a connection takes, in the last run of the benchmark: see README.md. */
export const MEASURED: RefreshUse & { readonly itemBytes: number } = {
  writeUnits: 6,
  readUnits: 1.5925,
  cpuMs: 1.94,
  itemBytes: 3030,
}

/** What watches the service, and how many secrets it has; a test holds it against the template. */
export const PARTS = {
  alarms: 17,
  /** An alarm costs as much as it looks at metrics. */
  metricsOfAlarms: 40,
  /** Of the service's own, when everything that is measured happens in each hour of the month. */
  metrics: 33,
  dashboards: 1,
  secrets: 5,
} as const

/** How often the connections of each status are counted. */
export const COUNT_INTERVAL_MINUTES = 15

/** List prices of us-east-1 of what is paid by the month. */
export const MONTHLY = {
  /** For each metric of an alarm. */
  metricOfAlarm: 0.1,
  metric: 0.3,
  dashboard: 3,
  secret: 0.4,
  key: 1,
  /** Of a table, for each GB, and of its point-in-time recovery. */
  storedGigabyte: 0.25,
  recoveryGigabyte: 0.2,
} as const

/** Further list prices for a million. */
export const CALLS = { api: 1, secret: 5, key: 3, event: 1 } as const

/** DynamoDB adds so much to each item, and to each of its entries in an index. */
const OVERHEAD_BYTES = 100
const STATUS_ENTRY_BYTES = 60
const INDEX_ENTRIES_BYTES = STATUS_ENTRY_BYTES + OVERHEAD_BYTES + (90 + OVERHEAD_BYTES)

/** A claim is gone from the bill when DynamoDB has deleted it, within days of its end. */
const CLAIM_BYTES = 130 + OVERHEAD_BYTES
const CLAIM_DAYS = 2

/** A token request: read strongly, opened, served. Assumed, but for the read unit. */
const TOKEN_REQUEST = {
  seconds: 0.02,
  gigabytes: 1,
  readUnits: 1,
  logBytes: 900,
  egressBytes: 2500,
}

/**
 * A change that is told, when it comes alone: read from the stream for nothing, kept beside some before
 * it, published, logged. Assumed.
 */
const TOLD_CHANGE = { seconds: 0.1, gigabytes: 0.25, writeUnits: 2, logBytes: 1600 }

/** A census names some reasons to wait for somebody, each in some hundred bytes. Assumed. */
const CENSUS_WRITE_UNITS = 2

/** Its own line, its metrics, and what Lambda writes of it. Assumed. */
const SWEEP_LOG_BYTES = 1500

const HOURS_A_MONTH = MINUTES_A_MONTH / 60
const DAYS_A_MONTH = HOURS_A_MONTH / 24

/** A container reads three secrets every five minutes, while it has something to refresh. */
const SECRET_READS = SHARDS * 12 * HOURS_A_MONTH * 3

/** How connections are used. */
export type Use = 'idle' | 'hot'

/** A month of the service, in dollars, by what it is paid for. */
export interface Cost {
  readonly parts: Readonly<Record<CostPart, number>>
  readonly dollars: number
}

export type CostPart =
  | 'sweeps'
  | 'secrets'
  | 'watching'
  | 'counting'
  | 'storage'
  | 'refreshing'
  | 'token requests'

/**
 * What so many connections cost in a month at list prices, with no free tier and no tax.
 * @param use `idle`: nobody asks for a token; `hot`: each is asked for once an hour
 */
export function costOf(connections: number, use: Use): Cost {
  const refreshes = connections * refreshesOf(use)
  const requests = use === 'hot' ? connections * HOURS_A_MONTH : 0
  const parts = {
    sweeps: sum(emptySweepParts()) + sweepLogs(),
    secrets: PARTS.secrets * MONTHLY.secret + (SECRET_READS / 1e6) * CALLS.secret,
    watching: watching(),
    counting: counting(connections),
    storage: storage(connections, refreshes),
    refreshing: sum(refreshParts(MEASURED, refreshes)),
    'token requests': (requests / 1e6) * tokenRequestsPerMillion(),
  }
  return { parts, dollars: sum(parts) }
}

/** What a customer-managed key adds: the key, and a decryption with each read of a secret. */
export function customerManagedKey(): number {
  return MONTHLY.key + (SECRET_READS / 1e6) * CALLS.key
}

/** What a million more token requests add. */
export function tokenRequestsPerMillion(): number {
  const { seconds, gigabytes, readUnits, logBytes, egressBytes } = TOKEN_REQUEST
  return (
    CALLS.api +
    PER_MILLION.run +
    seconds * gigabytes * PER_MILLION.gigabyteSecond +
    readUnits * PER_MILLION.readUnit +
    (logBytes * PER_GIGABYTE.log + egressBytes * PER_GIGABYTE.egress) / 1e3
  )
}

/** What a million changes of connections add, told to the partner's systems. */
export function changesPerMillion(): number {
  const { seconds, gigabytes, writeUnits, logBytes } = TOLD_CHANGE
  const run = PER_MILLION.run + seconds * gigabytes * PER_MILLION.gigabyteSecond
  const kept = writeUnits * PER_MILLION.writeUnit
  return CALLS.event + run + kept + (logBytes * PER_GIGABYTE.log) / 1e3
}

/** What a million more refreshes add. */
export function refreshesPerMillion(): number {
  return sum(refreshParts(MEASURED, 1_000_000))
}

/** Refreshes of one connection in a month; of a hot one also that by which it is kept hot each day. */
export function refreshesOf(use: Use): number {
  if (use === 'idle') return MINUTES_A_MONTH / idleIntervalMinutes()
  return MINUTES_A_MONTH / hotIntervalMinutes() + DAYS_A_MONTH
}

function watching(): number {
  const { metricsOfAlarms, metrics, dashboards } = PARTS
  const alarms = metricsOfAlarms * MONTHLY.metricOfAlarm
  return alarms + metrics * MONTHLY.metric + dashboards * MONTHLY.dashboard
}

/** An index is read as a whole, half a unit for each 4 KB, and a census is written. */
function counting(connections: number): number {
  const units = (connections * STATUS_ENTRY_BYTES) / 4096 / 2
  const times = MINUTES_A_MONTH / COUNT_INTERVAL_MINUTES
  const read = units * PER_MILLION.readUnit
  const written = CENSUS_WRITE_UNITS * PER_MILLION.writeUnit
  return (times * (read + written)) / 1e6
}

function sweepLogs(): number {
  return (SHARDS * MINUTES_A_MONTH * SWEEP_LOG_BYTES * PER_GIGABYTE.log) / 1e9
}

function storage(connections: number, refreshes: number): number {
  const items = connections * (MEASURED.itemBytes + OVERHEAD_BYTES)
  const claims = (refreshes / DAYS_A_MONTH) * CLAIM_DAYS * CLAIM_BYTES
  const indexes = connections * INDEX_ENTRIES_BYTES
  const stored = (items + claims + indexes) * MONTHLY.storedGigabyte
  return (stored + (items + claims) * MONTHLY.recoveryGigabyte) / 1e9
}

function sum(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((total, part) => total + part, 0)
}
