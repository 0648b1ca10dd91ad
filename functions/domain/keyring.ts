import type { KeyObject } from 'node:crypto'

/** Keys by their id; new tokens are sealed with the active one, old ones still open. */
export interface Keyring {
  readonly active: string
  /** 32 bytes each. As objects, which show no key when they are printed and cost less to use than bytes. */
  readonly keys: ReadonlyMap<string, KeyObject>
}

/**
 * @param options `reread`: not from memory, since a key was asked for that is not in it
 * @throws ServiceError `secret_unreadable` when the keyring cannot be read or is not one.
 */
export type ReadKeyring = (options?: { readonly reread: boolean }) => Promise<Keyring>
