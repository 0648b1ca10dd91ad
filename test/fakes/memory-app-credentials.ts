import type {
  AppCredential,
  AppCredentials,
  ClientSecretCredential,
} from '../../functions/domain/app-credentials.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'

/** The secret of the app credential, and what one container keeps of it. */
export interface MemoryAppCredentials extends AppCredentials {
  /** Fills the secret anew, and the container has it at once; `undefined` makes it unreadable. */
  set(credential: AppCredential | undefined): void
  /** Stores a further version: the current one becomes the previous; the container does not know yet. */
  rotate(credential: AppCredential): void
  /** How often the secret was read anew on demand. */
  readonly rereads: number
  /** What Microsoft accepted last, where the container was told. */
  readonly preferred: AppCredential | undefined
  /** For what the newest one was rejected, each time that another was preferred to it. */
  readonly newestRejected: readonly string[]
}

export const APP_CREDENTIAL: ClientSecretCredential = {
  kind: 'client_secret',
  clientId: '11111111-2222-4333-8444-555555555555',
  clientSecret: 'canary+client&secret',
}

/** The client secret of a credential that is one. */
export function clientSecretOf(credential: AppCredential | undefined): string {
  if (credential?.kind === 'client_secret') return credential.clientSecret
  throw new TypeError('expected a client secret')
}

export function memoryAppCredentials(): MemoryAppCredentials {
  let versions: readonly AppCredential[] = [APP_CREDENTIAL]
  let kept: AppCredential | undefined
  let preferred: AppCredential | undefined
  let rereads = 0
  const newestRejected: string[] = []
  const current = (): AppCredential => {
    const [credential] = versions
    if (credential) return credential
    throw new ServiceError('fill the app credential', { code: 'secret_unreadable' })
  }
  return {
    newestRejected,
    get rereads() {
      return rereads
    },
    get preferred() {
      return preferred
    },
    read: async () => {
      kept ??= preferred ?? current()
      return preferred ?? kept
    },
    readNewest: async () => current(),
    reread: async () => {
      rereads += 1
      kept = current()
      return versions
    },
    prefer: (credential, code) => {
      preferred = credential
      if (code !== undefined) newestRejected.push(code)
    },
    set: (credential) => {
      versions = credential ? [credential] : []
      kept = undefined
      preferred = undefined
    },
    rotate: (credential) => {
      versions = [credential, ...versions].slice(0, 2)
    },
  }
}
