import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../domain/clock.ts'
import { ServiceError } from '../domain/service-error.ts'
import { readSecretText } from './read-secret-text.ts'

/** How long a secret is used before it is read again. */
const FRESH_MS = 5 * 60 * 1000

/** A secret is read anew at most this often, however often it is asked for. */
const REREAD_INTERVAL_MS = 1000

/** How long it is still used when it cannot be read again. */
const STALE_MS = 24 * 60 * 60 * 1000

/** How long it is used then without trying again, so that an outage does not slow every request. */
const REST_MS = 30 * 1000

export interface CachedSecretOptions<T> {
  readonly client: SecretsManagerClient
  readonly secretArn: string
  /** @returns `undefined` when the text is not of the secret's form, as before it is filled. */
  readonly parse: (text: string) => T | undefined
  /** What to write into the secret, for whoever finds it empty. */
  readonly expected: string
  readonly now: Clock
}

/**
 * @param options `reread`: not from memory, unless that was read within the last second; throws rather
 *   than answer an older one
 */
export type ReadSecret<T> = (options?: { readonly reread: boolean }) => Promise<T>

/**
 * One secret, read when first asked for and kept: one read in flight, fresh for five minutes, and for
 * a day when Secrets Manager does not answer.
 * @throws ServiceError `secret_unreadable`, naming the secret and never its value.
 */
export function cachedSecret<T>(options: CachedSecretOptions<T>): ReadSecret<T> {
  let kept: { readonly value: T; readonly readAt: Date } | undefined
  let reading: Promise<T> | undefined
  let failedAt: Date | undefined
  const isYounger = (than: number, time: Date | undefined): boolean =>
    time !== undefined && options.now().getTime() - time.getTime() < than

  const readAgain = async (): Promise<T> => {
    try {
      const value = await readSecret(options)
      kept = { value, readAt: options.now() }
      failedAt = undefined
      return value
    } catch (error) {
      failedAt = options.now()
      throw error
    } finally {
      reading = undefined
    }
  }

  const keptFor = (milliseconds: number) =>
    kept && isYounger(milliseconds, kept.readAt) ? kept : undefined

  const readOnce = (): Promise<T> => {
    reading ??= readAgain()
    return reading
  }

  const readOrKeep = async (): Promise<T> => {
    const stale = keptFor(STALE_MS)
    if (stale === undefined) return readOnce()
    return isYounger(REST_MS, failedAt) ? stale.value : readOnce().catch(() => stale.value)
  }

  return async ({ reread } = { reread: false }) => {
    const fresh = keptFor(reread ? REREAD_INTERVAL_MS : FRESH_MS)
    if (fresh) return fresh.value
    return reread ? readOnce() : readOrKeep()
  }
}

async function readSecret<T>(options: CachedSecretOptions<T>): Promise<T> {
  const { client, secretArn } = options
  const text = await readSecretText(client, { secretArn, stage: 'AWSCURRENT' })
  const value = text === undefined ? undefined : options.parse(text)
  if (value === undefined) {
    throw new ServiceError(`fill the secret with ${options.expected}`, {
      code: 'secret_unreadable',
      evidence: { secret: secretArn },
    })
  }
  return value
}
