import { createSecretKey, randomBytes } from 'node:crypto'
import type { Keyring } from './keyring.ts'

/** A keyring as it is stored: keys by their id, and the id of the one that seals. */
export interface StoredKeyring {
  readonly active: string
  /** 32 bytes each, base64url. */
  readonly keys: Readonly<Record<string, string>>
  /** When keys were replaced as the active one, in ISO 8601; of older replacements it is not known. */
  readonly replaced?: Readonly<Record<string, string>>
}

/** AES-256 takes 256 bits. */
const KEY_BYTES = 32

/** The header of a sealed token has one byte for the length of the key's id. */
const LONGEST_KEY_ID = 64

/** A new keyring with one key. */
export function newKeyring(): StoredKeyring {
  return { active: 'k1', keys: { k1: newKey() } }
}

/**
 * Reads a keyring in either of its forms: `{"active","keys"}`, or as CloudFormation makes it, which can
 * put one random text beside what it is given and no deeper: `{"active":"k1","k1":"<key>"}`.
 * @returns `undefined` when it is neither, or the active key is not there.
 */
export function storedKeyringOf(value: unknown): StoredKeyring | undefined {
  if (!isRecord(value) || typeof value.active !== 'string') return undefined
  const { active } = value
  const keys = 'keys' in value ? value.keys : ownMember(value, active)
  const isKeyring = isRecord(keys) && Object.hasOwn(keys, active) && areKeys(keys)
  return isKeyring ? { active, keys, ...replacedOf(value) } : undefined
}

/** The keyring as it seals and opens. */
export function keyringOf(stored: StoredKeyring): Keyring {
  const keys = Object.entries(stored.keys).map(
    ([keyId, key]) => [keyId, createSecretKey(key, 'base64url')] as const,
  )
  return { active: stored.active, keys: new Map(keys) }
}

/** The keyring with one key more, which is active; every other key stays, marked with when it was replaced. */
export function withNewKey(keyring: StoredKeyring, now: Date): StoredKeyring {
  const { active: old, keys, replaced } = keyring
  const numbers = Object.keys(keys).map((keyId) => Number(/^k(\d+)$/.exec(keyId)?.[1] ?? 0))
  const active = `k${Math.max(0, ...numbers) + 1}`
  return {
    active,
    keys: { ...keys, [active]: newKey() },
    replaced: { ...replaced, [old]: now.toISOString() },
  }
}

/** The keyring without that key. */
export function withoutKey(keyring: StoredKeyring, keyId: string): StoredKeyring {
  const { active, keys, replaced } = keyring
  const rest = (members: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => name !== keyId))
  return { active, keys: rest(keys), ...(replaced && { replaced: rest(replaced) }) }
}

/** When the key was replaced as the active one; `undefined` when that is not known. */
export function replacedAt({ replaced }: StoredKeyring, keyId: string): Date | undefined {
  const mark = ownMember(replaced ?? {}, keyId)?.[keyId]
  const time = typeof mark === 'string' ? Date.parse(mark) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time)
}

/** Whether one keyring opens everything that the other one sealed. */
export function hasKeysOf(one: StoredKeyring, other: StoredKeyring): boolean {
  return Object.entries(other.keys).every(([keyId, key]) => one.keys[keyId] === key)
}

/** What cannot be read is left out and not refused: sealing and opening need the keys alone. */
function replacedOf({ replaced }: Readonly<Record<string, unknown>>) {
  if (!isRecord(replaced)) return {}
  const texts = Object.entries(replaced).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { replaced: Object.fromEntries(texts) }
}

function ownMember(
  value: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  return Object.hasOwn(value, name) ? { [name]: value[name] } : undefined
}

function areKeys(
  keys: Readonly<Record<string, unknown>>,
): keys is Readonly<Record<string, string>> {
  return Object.entries(keys).every(
    ([keyId, key]) =>
      keyId.length <= LONGEST_KEY_ID &&
      typeof key === 'string' &&
      Buffer.from(key, 'base64url').length === KEY_BYTES,
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url')
}
