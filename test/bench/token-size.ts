import { packToken } from '../../functions/domain/token-packing.ts'
import { capturedItems } from './support/captured-items.ts'
import { itemBytes } from './support/item-bytes.ts'
import { newKey } from './support/keyring.ts'
import { accessToken, refreshToken } from './support/realistic-tokens.ts'
import { tokenSubject } from './support/subject.ts'
import { median } from './support/table.ts'

/** What is stored for a connection, and what it would be without packing its tokens. */
export interface StoredSize {
  readonly itemBytes: number
  readonly unpackedItemBytes: number
  /** What packing a connection's two tokens takes. */
  readonly cpuMicroseconds: number
}

const SAMPLES = 400
const SEALED_ITEMS = 8

/** Measures the item as the product stores it, with tokens of real size. */
export async function measureStoredSize(): Promise<StoredSize> {
  const stored = median((await capturedItems(newKey(), SEALED_ITEMS)).map(itemBytes))
  const subject = tokenSubject('https://login.microsoftonline.com')
  const pairs = Array.from({ length: SAMPLES }, () => [accessToken(subject), refreshToken()])
  const saved = pairs.map((pair) => bytesOf(pair) - packedBytesOf(pair))
  const before = process.cpuUsage()
  for (const pair of pairs) packedBytesOf(pair)
  const { user, system } = process.cpuUsage(before)
  return {
    itemBytes: stored,
    unpackedItemBytes: Math.round(stored + median(saved)),
    cpuMicroseconds: (user + system) / SAMPLES,
  }
}

function bytesOf(tokens: readonly string[]): number {
  return tokens.reduce((sum, token) => sum + Buffer.byteLength(token), 0)
}

function packedBytesOf(tokens: readonly string[]): number {
  return tokens.reduce((sum, token) => sum + packToken(token).length, 0)
}
