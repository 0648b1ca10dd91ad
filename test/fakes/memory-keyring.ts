import { randomBytes } from 'node:crypto'
import type { ReadKeyring } from '../../functions/domain/keyring.ts'

/** A keyring that can be rotated. */
export interface MemoryKeyring {
  readonly read: ReadKeyring
  /** Adds a key and makes it the active one. */
  rotate(): void
  /** Drops a key: what it sealed opens no more. */
  drop(keyId: string): void
  activeKeyId(): string
}

export function memoryKeyring(): MemoryKeyring {
  const keys = new Map<string, Uint8Array>()
  let active = ''
  const rotate = () => {
    active = `key-${keys.size + 1}`
    keys.set(active, randomBytes(32))
  }
  rotate()
  return {
    read: async () => ({ active, keys: new Map(keys) }),
    rotate,
    drop: (keyId) => {
      keys.delete(keyId)
    },
    activeKeyId: () => active,
  }
}
