import { type KeyringValue, newKeyring } from './secret-values.ts'

/** The keyring with one key more, which is active; every other key stays. */
export function keyringWithNewKey({ keys }: KeyringValue): KeyringValue {
  const numbers = Object.keys(keys).map((keyId) => Number(/^k(\d+)$/.exec(keyId)?.[1] ?? 0))
  const active = `k${Math.max(0, ...numbers) + 1}`
  const fresh = newKeyring()
  return { active, keys: { ...keys, [active]: fresh.keys[fresh.active] ?? '' } }
}

/** The keyring without that key. */
export function keyringWithout({ active, keys }: KeyringValue, keyId: string): KeyringValue {
  const kept = Object.entries(keys).filter(([name]) => name !== keyId)
  return { active, keys: Object.fromEntries(kept) }
}
