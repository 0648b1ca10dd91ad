import type { PastAppEvent } from '../../domain/connection-history.ts'
import type { RegisteredApp } from '../../domain/partner-settings.ts'
import type { AppBreaker } from '../../domain/refresh-brakes.ts'
import type { HourRecord, Recorded, TakenCensus } from '../../domain/service-record.ts'
import type { HealthDependencies } from './health-dependencies.ts'

/** How the sweep of one part of the connections goes. */
export interface SweptShard {
  readonly shard: number
  /** `undefined` when it was not swept within a day. */
  readonly sweptAt: Date | undefined
  readonly oldestDueMs: number
}

/** How the service is. */
export interface Health {
  readonly now: Date
  /** The hours of the last day, the newest first; those without a sweep are missing. */
  readonly hours: readonly HourRecord[]
  readonly census: TakenCensus | undefined
  readonly shards: readonly SweptShard[]
  readonly breaker: AppBreaker | undefined
  readonly app: RegisteredApp | undefined
  /** The newest first. */
  readonly appEvents: readonly PastAppEvent[]
}

/** Something that an operator has to know of first. */
export type Trouble =
  | 'credential_rejected'
  | 'credential_ended'
  | 'credential_ending'
  | 'sweeps_stopped'
  | 'keeps_up_not'
  | 'count_old'

const MINUTE_MS = 60 * 1000

/** A sweep is begun each minute, and ends within one; two that were missed may be chance. */
const STOPPED_AFTER_MS = 5 * MINUTE_MS

/** As the alarm has it: tokens are renewed ten minutes ahead. */
const OLDEST_DUE_MS = 5 * MINUTE_MS

/** Connections are counted each quarter of an hour. */
const COUNT_OLD_AFTER_MS = 60 * MINUTE_MS

/** As the first of the alarms has it. */
const ENDING_DAYS = 30

const DAY_MS = 24 * 60 * MINUTE_MS

/** Reads all of it at the same time. */
export async function readHealth(deps: HealthDependencies): Promise<Health> {
  const now = deps.now()
  const [recorded, breaker, settings, appEvents] = await Promise.all([
    deps.record.read(now),
    deps.readAppBreaker(),
    deps.partnerSettings.read(),
    deps.history.readApp(),
  ])
  const { hours, census } = recorded
  const shards = shardsOf(recorded, deps.shards)
  return { now, hours, census, shards, breaker, app: settings.app, appEvents }
}

/** What is wrong, the most urgent first. */
export function troublesOf(health: Health): readonly Trouble[] {
  const { now, census, app } = health
  const left = daysLeft(app?.endsAt, now)
  const wrong: Readonly<Record<Trouble, boolean>> = {
    credential_rejected: health.breaker !== undefined,
    sweeps_stopped: !areSwept(health),
    keeps_up_not: oldestDueOf(health) > OLDEST_DUE_MS,
    credential_ended: left !== undefined && left < 0,
    credential_ending: left !== undefined && left >= 0 && left < ENDING_DAYS,
    count_old: census !== undefined && now.getTime() - census.at.getTime() > COUNT_OLD_AFTER_MS,
  }
  const order: readonly Trouble[] = [
    'credential_rejected',
    'sweeps_stopped',
    'keeps_up_not',
    'credential_ended',
    'credential_ending',
    'count_old',
  ]
  return order.filter((trouble) => wrong[trouble])
}

/** How long the longest due connection had been due at the last sweeps, in milliseconds. */
export function oldestDueOf({ shards }: Health): number {
  return Math.max(0, ...shards.map(({ oldestDueMs }) => oldestDueMs))
}

/** In how many minutes each part was swept; `undefined` when one was not for a day. */
export function sweptWithinMinutes({ shards, now }: Health): number | undefined {
  const ages = shards.map(({ sweptAt }) => sweptAt && now.getTime() - sweptAt.getTime())
  const known = ages.filter((age) => age !== undefined)
  if (known.length < ages.length) return undefined
  return Math.max(1, Math.floor(Math.max(0, ...known) / MINUTE_MS) + 1)
}

/** Whole days, so that on the last one none is left; less than none when it is over. */
export function daysLeft(endsAt: Date | undefined, now: Date): number | undefined {
  return endsAt && Math.floor((endsAt.getTime() - now.getTime()) / DAY_MS)
}

function areSwept(health: Health): boolean {
  const minutes = sweptWithinMinutes(health)
  return minutes !== undefined && minutes * MINUTE_MS <= STOPPED_AFTER_MS
}

/** Each part there is now, and its last sweep; those of another number of parts are not looked for. */
function shardsOf({ hours }: Recorded, shards: number): readonly SweptShard[] {
  return Array.from({ length: shards }, (_, shard) => {
    const last = hours.flatMap((hour) => hour.shards).find((swept) => swept.shard === shard)
    return { shard, sweptAt: last?.sweptAt, oldestDueMs: last?.oldestDueMs ?? 0 }
  })
}
