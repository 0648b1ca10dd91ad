import type { AppCredentialWriter } from '../../functions/domain/app-credential-writer.ts'
import type { AppCredentialValue } from '../../functions/domain/stored-app-credential.ts'

export interface MemoryAppCredentialWriter extends AppCredentialWriter {
  /** All that was ever written, in its order. */
  readonly written: readonly AppCredentialValue[]
}

export function memoryAppCredentialWriter(): MemoryAppCredentialWriter {
  const written: AppCredentialValue[] = []
  return {
    written,
    write: async (credential) => {
      written.push(credential)
    },
  }
}
