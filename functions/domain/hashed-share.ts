import { createHash } from 'node:crypto'

/** A number from 0 (inclusive) to 1 (exclusive) that depends on the text alone. */
export function hashedShare(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
