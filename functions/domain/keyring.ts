/** Keys by their id; new tokens are sealed with the active one, old ones still open. */
export interface Keyring {
  readonly active: string
  /** 32 bytes each. */
  readonly keys: ReadonlyMap<string, Uint8Array>
}

/** @throws ServiceError `secret_unreadable` when the keyring cannot be read or is not one. */
export type ReadKeyring = () => Promise<Keyring>
