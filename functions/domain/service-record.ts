import type { ConnectionStatus } from './connection.ts'
import type { Census } from './connection-counts.ts'
import type { SweepResult } from './sweep-shard.ts'

/** A sweep that has ended. */
export interface EndedSweep extends Pick<SweepResult, 'outcomes' | 'oldestDueMs'> {
  readonly shard: number
  readonly at: Date
}

/** The last sweep of a shard within an hour. */
export interface ShardRecord {
  readonly shard: number
  readonly sweptAt: Date
  /** How long the longest due connection had been due then; 0 when there was none. */
  readonly oldestDueMs: number
}

/** What the sweeps of one hour did, and how many connections there were. */
export interface HourRecord {
  /** When it began. */
  readonly hour: Date
  /** How many refreshes ended how, of all sweeps. */
  readonly outcomes: Readonly<Record<string, number>>
  /** By their numbers; those that were swept in that hour. */
  readonly shards: readonly ShardRecord[]
  /** As last counted in that hour; `undefined` when nobody counted. */
  readonly counts: Readonly<Record<ConnectionStatus, number>> | undefined
}

/** A census, and when it was taken. */
export interface TakenCensus extends Census {
  readonly at: Date
}

/** What is on record of the service. */
export interface Recorded {
  /** The hours in which something was swept or counted, the newest first. */
  readonly hours: readonly HourRecord[]
  /** The last one; `undefined` when none was taken for longer than {@link RECORD_KEPT_MS}. */
  readonly census: TakenCensus | undefined
}

const HOUR_MS = 60 * 60 * 1000

/** As many hours as are read: a whole day, beside the hour that has only begun. */
const HOURS_READ = 25

/** For how long the record of an hour, and a census, are kept: a weekend to look back on. */
export const RECORD_KEPT_MS = 3 * 24 * HOUR_MS

/** What the service did, hour by hour, and how many connections it last had. */
export interface ServiceRecord {
  /**
   * Adds a sweep to its hour. One whose writing was not acknowledged may count twice: this is to be
   * looked at, and nothing is decided by it.
   * @throws ServiceError `store_unavailable`, as all of these
   */
  addSweep(sweep: EndedSweep): Promise<void>
  /** Keeps a census in place of the one before, and its counts with its hour. */
  keepCensus(census: TakenCensus): Promise<void>
  /** Reads the hour of `now`, the 24 before it, and the census. */
  read(now: Date): Promise<Recorded>
}

/** When the hour began that a time is in. */
export function hourOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS)
}

/** The hours that are read, the newest first. */
export function hoursRead(now: Date): readonly Date[] {
  const newest = hourOf(now).getTime()
  return Array.from({ length: HOURS_READ }, (_, ago) => new Date(newest - ago * HOUR_MS))
}
