import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { Keyring, ReadKeyring } from '../../functions/domain/keyring.ts'

/** A keyring that can be rotated. */
export interface MemoryKeyring {
  /** Reads the keyring as it is. */
  readonly read: ReadKeyring
  /** One container's reader: keeps what it has read until it is told to read anew. */
  container(): ReadKeyring
  /** Adds a key and makes it the active one. */
  rotate(): void
  /** Drops a key: what it sealed opens no more. */
  drop(keyId: string): void
  /** Puts a dropped key back. */
  putBack(keyId: string): void
  activeKeyId(): string
}

export function memoryKeyring(): MemoryKeyring {
  const all = new Map<string, KeyObject>()
  const keys = new Map<string, KeyObject>()
  let active = ''
  const rotate = () => {
    active = `key-${all.size + 1}`
    const key = createSecretKey(randomBytes(32))
    all.set(active, key)
    keys.set(active, key)
  }
  rotate()
  const read = async (): Promise<Keyring> => ({ active, keys: new Map(keys) })
  return {
    read,
    container: () => {
      let kept: Promise<Keyring> | undefined
      return ({ reread } = { reread: false }) => {
        if (reread || kept === undefined) kept = read()
        return kept
      }
    },
    rotate,
    drop: (keyId) => {
      keys.delete(keyId)
    },
    putBack: (keyId) => {
      const key = all.get(keyId)
      if (key) keys.set(keyId, key)
    },
    activeKeyId: () => active,
  }
}
