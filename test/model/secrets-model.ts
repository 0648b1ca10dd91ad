import { createHash, createSecretKey } from 'node:crypto'
import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../../functions/domain/clock.ts'
import type { Keyring } from '../../functions/domain/keyring.ts'
import { APP_CREDENTIAL } from '../fakes/memory-app-credentials.ts'

export const SECRETS = {
  app: 'app-credential',
  access: 'access-keyring',
  refresh: 'refresh-keyring',
}

/** Functions read a secret anew at most this often. */
const REREAD_INTERVAL_MS = 1000

/** Secrets Manager, with what the service keeps in it. */
export interface SecretsModel {
  /** A client; each of its calls goes through `call`. */
  client(call: (label: string, effect: () => string) => Promise<string>): SecretsManagerClient
  /** The next so many reads fail. */
  failNext(reads: number): void
  /** Stores a further version of the app credential. */
  storeClientSecret(clientSecret: string): void
  currentClientSecret(): string
  /** Adds a key to a keyring and makes it the active one. */
  rotate(keyring: 'access' | 'refresh'): void
  /** Takes every key but the active one out of a keyring, though tokens may be sealed with them. */
  dropOldKeys(keyring: 'access' | 'refresh'): void
  putKeysBack(): void
  /**
   * Whether a function may be without a key that something is sealed with: one was dropped, a read
   * failed, or one was added within the second in which a function does not read anew.
   */
  mayLackKeys(): boolean
  /** Every key that there ever was. */
  allKeys(keyring: 'access' | 'refresh'): Keyring
}

export function secretsModel(now: Clock): SecretsModel {
  let clientSecrets: readonly string[] = [APP_CREDENTIAL.clientSecret]
  let failing = 0
  let hadTrouble = false
  let rotatedAt = 0
  const keyrings = { access: keyringModel('access'), refresh: keyringModel('refresh') }

  const textOf = (id: string | undefined, stage: string | undefined): string => {
    if (failing > 0) {
      failing -= 1
      hadTrouble = true
      throw new TypeError('Secrets Manager does not answer')
    }
    if (id === SECRETS.access) return keyrings.access.text()
    if (id === SECRETS.refresh) return keyrings.refresh.text()
    const clientSecret = clientSecrets[stage === 'AWSPREVIOUS' ? 1 : 0]
    if (clientSecret === undefined) throw new TypeError('there is no such version')
    return JSON.stringify({ clientId: APP_CREDENTIAL.clientId, clientSecret })
  }

  return {
    client: (call) => {
      const send = async ({ input }: GetSecretValueCommand) => {
        const { SecretId: id, VersionStage: stage } = input
        return { SecretString: await call(`read ${id} ${stage}`, () => textOf(id, stage)) }
      }
      return { send } as unknown as SecretsManagerClient
    },
    failNext: (reads) => {
      failing = reads
    },
    storeClientSecret: (clientSecret) => {
      clientSecrets = [clientSecret, ...clientSecrets]
    },
    currentClientSecret: () => clientSecrets[0] ?? '',
    rotate: (keyring) => {
      rotatedAt = now().getTime()
      keyrings[keyring].rotate()
    },
    dropOldKeys: (keyring) => {
      hadTrouble = true
      keyrings[keyring].dropOldKeys()
    },
    mayLackKeys: () => hadTrouble || now().getTime() - rotatedAt <= REREAD_INTERVAL_MS,
    putKeysBack: () => {
      keyrings.access.putBack()
      keyrings.refresh.putBack()
    },
    allKeys: (keyring) => keyrings[keyring].all(),
  }
}

function keyringModel(name: string) {
  let count = 1
  let first = 1
  const idOf = (n: number) => `${name}-key-${n}`
  const keyOf = (n: number) => createHash('sha256').update(idOf(n)).digest()
  const keysFrom = (from: number) =>
    Array.from({ length: count - from + 1 }, (_, index) => {
      const n = from + index
      return [idOf(n), createSecretKey(keyOf(n))] as const
    })
  return {
    rotate: () => {
      count += 1
    },
    dropOldKeys: () => {
      first = count
    },
    putBack: () => {
      first = 1
    },
    all: (): Keyring => ({ active: idOf(count), keys: new Map(keysFrom(1)) }),
    text: () => {
      const keys = keysFrom(first).map(([id, key]) => [id, key.export().toString('base64url')])
      return JSON.stringify({ active: idOf(count), keys: Object.fromEntries(keys) })
    },
  }
}
