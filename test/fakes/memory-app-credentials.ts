import type { AppCredential, AppCredentials } from '../../functions/domain/app-credentials.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'

export interface MemoryAppCredentials extends AppCredentials {
  /** Replaces the credential; `undefined` makes it unreadable. */
  set(credential: AppCredential | undefined): void
}

export const APP_CREDENTIAL: AppCredential = {
  clientId: '11111111-2222-4333-8444-555555555555',
  clientSecret: 'canary+client&secret',
}

export function memoryAppCredentials(): MemoryAppCredentials {
  let current: AppCredential | undefined = APP_CREDENTIAL
  return {
    read: async () => {
      if (current) return current
      throw new ServiceError('fill the app credential', { code: 'secret_unreadable' })
    },
    set: (credential) => {
      current = credential
    },
  }
}
