import { createSecretKey, randomBytes } from 'node:crypto'
import type { ReadKeyring } from '../../../functions/domain/keyring.ts'

/** A key for this run alone. */
export const newKey = (): string => randomBytes(32).toString('base64url')

/** A keyring of that one key, in memory. */
export function keyringOf(key: string): ReadKeyring {
  const keyring = { active: 'k1', keys: new Map([['k1', createSecretKey(key, 'base64url')]]) }
  return async () => keyring
}
