import { hashedShare } from './hashed-share.ts'

/**
 * Into how many buckets the due index is cut. Never changes, so that no stored item has to move when the
 * number of shards does: a shard is every bucket whose number leaves its remainder.
 */
export const DUE_BUCKETS = 64

/** Which bucket of the due index a connection is in. */
export function dueBucketOf(connectionId: number): number {
  return Math.floor(hashedShare(`${connectionId}#bucket`) * DUE_BUCKETS)
}

/** One of the parts into which the sweep is split. */
export interface Shard {
  readonly shard: number
  /** How many there are, from 1 to {@link DUE_BUCKETS}. */
  readonly shards: number
}

/** Whether the numbers name a shard at all. */
export function isShard({ shard, shards }: Shard): boolean {
  const areWhole = Number.isInteger(shard) && Number.isInteger(shards)
  return areWhole && shards >= 1 && shards <= DUE_BUCKETS && shard >= 0 && shard < shards
}

/**
 * The buckets of a shard, beginning with another one each minute, so that under overload none is always
 * the last.
 */
export function bucketsOf({ shard, shards }: Shard, now: Date): readonly number[] {
  const buckets = Array.from({ length: DUE_BUCKETS }, (_, bucket) => bucket).filter(
    (bucket) => bucket % shards === shard,
  )
  const first = Math.floor(now.getTime() / 60_000) % buckets.length
  return [...buckets.slice(first), ...buckets.slice(0, first)]
}
