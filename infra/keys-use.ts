import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { STORED_AS } from '../functions/adapters/table-schema.ts'

/** The two kinds of tokens, each with a keyring of its own. */
export const KINDS = ['access', 'refresh'] as const

export type Kind = (typeof KINDS)[number]

/** One of something for each kind of token. */
export type KindOfToken<T> = Readonly<Record<Kind, T>>

/** How many tokens one key has sealed. */
export interface SealedCount {
  /** Of connections that are connected. */
  readonly inUse: number
  /** Of others, which keep what they had until a sign-in replaces it; nothing opens these. */
  readonly waiting: number
}

/** The counts of each kind, by key id. */
export type KeyUse = KindOfToken<Readonly<Record<string, SealedCount>>>

/** A connection's item, as far as the count needs it. */
type Item = Readonly<Record<string, AttributeValue>>

/** Counts item by item. */
export interface KeyUseCounter {
  add(item: Item): void
  readonly use: KeyUse
}

/** What a header that cannot be read is counted as; no key has such an id. */
const UNREADABLE = '(unreadable)'

const FORMAT_VERSION = 1

export function keyUseCounter(): KeyUseCounter {
  const use: Record<Kind, Record<string, SealedCount>> = { access: {}, refresh: {} }
  return {
    use,
    add: (item) => {
      const isConnected = item.status?.S === 'connected'
      for (const kind of KINDS) {
        const sealed = item.tokenSet?.M?.[STORED_AS.tokenSet[kind]]?.B
        if (sealed !== undefined) count(use[kind], keyIdOf(sealed), isConnected)
      }
    },
  }
}

/** The key id in the header of a sealed token: version, length of the key id, key id. */
export function keyIdOf(sealed: Uint8Array): string {
  const [version, length = 0] = sealed
  const isReadable = version === FORMAT_VERSION && sealed.length > 2 + length
  return isReadable ? Buffer.from(sealed.subarray(2, 2 + length)).toString('utf8') : UNREADABLE
}

function count(counts: Record<string, SealedCount>, keyId: string, isConnected: boolean): void {
  const { inUse, waiting } = counts[keyId] ?? { inUse: 0, waiting: 0 }
  counts[keyId] = isConnected ? { inUse: inUse + 1, waiting } : { inUse, waiting: waiting + 1 }
}
