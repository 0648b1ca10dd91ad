import type { Clock } from './clock.ts'
import { ServiceError } from './service-error.ts'
import {
  hasKeysOf,
  keyringOf,
  type StoredKeyring,
  storedKeyringOf,
  withNewKey,
} from './stored-keyring.ts'
import { tokenSealer } from './token-sealer.ts'

/**
 * The steps of a rotation, in their order. Each may come more than once.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const

/** One step towards one version. */
export interface RotationRequest {
  readonly step: (typeof ROTATION_STEPS)[number]
  /** The version that is to become the current one. */
  readonly versionId: string
}

/** The versions of one keyring's secret. Every call throws ServiceError `secret_unreadable` without an answer. */
export interface KeyringVersions {
  /** Whether a version is in use, and whether it is marked as the one that is rotated to. */
  placeOf(versionId: string): Promise<{ readonly isCurrent: boolean; readonly isPending: boolean }>
  readCurrent(): Promise<{ readonly versionId: string; readonly value: unknown }>
  /** @returns `undefined` when the version has no value yet. */
  readPending(versionId: string): Promise<unknown>
  /** Gives the version its value; when it has one already, that stays. */
  writePending(versionId: string, keyring: StoredKeyring): Promise<void>
  /** @returns whether it took the place of that one, which was still the current one then. */
  makeCurrent(versionId: string, instead: string): Promise<boolean>
  /** Takes the mark away: Secrets Manager begins no rotation while a version beside the current one has it. */
  unmark(versionId: string): Promise<void>
}

export interface RotateDependencies {
  readonly versions: KeyringVersions
  readonly now: Clock
}

/**
 * Carries out one step: a new key that seals from now on, while all others go on opening. No key is ever
 * dropped here: whether one is still needed only a look at every stored token tells, and whoever holds
 * the keys should not read those. `npm run keys` drops what is unused.
 * @returns `already_current` when the version is in use, as when a step is repeated after the last one
 * @throws ServiceError `request_invalid` when nothing is rotated to this version; `keyring_changed` when
 *   somebody else changed the keyring meanwhile, and `secret_unreadable` when it holds none
 */
export async function rotateKeyring(
  { versions, now }: RotateDependencies,
  { step, versionId }: RotationRequest,
): Promise<'done' | 'already_current'> {
  const { isCurrent, isPending } = await versions.placeOf(versionId)
  if (isCurrent) {
    if (isPending && step === 'finishSecret') await versions.unmark(versionId)
    return 'already_current'
  }
  // The first step makes the version where it is not there yet.
  if (!isPending && step !== 'createSecret') {
    const message = 'no rotation to this version is under way'
    throw new ServiceError(message, { code: 'request_invalid' })
  }
  switch (step) {
    case 'createSecret':
      await create({ versions, now }, versionId)
      break
    case 'setSecret':
      // Nobody else has to be told a key.
      break
    case 'testSecret':
      await test(versions, versionId)
      break
    case 'finishSecret':
      await finish(versions, versionId)
  }
  return 'done'
}

async function create({ versions, now }: RotateDependencies, versionId: string): Promise<void> {
  if ((await versions.readPending(versionId)) !== undefined) return
  const { keyring } = await currentKeyring(versions)
  await versions.writePending(versionId, withNewKey(keyring, now()))
}

/** Throws unless the new version opens whatever the current one sealed; says which one that is. */
async function test(versions: KeyringVersions, versionId: string): Promise<string> {
  const pending = requireKeyring(await versions.readPending(versionId))
  const current = await currentKeyring(versions)
  if (!hasKeysOf(pending, current.keyring)) throw await outdated(versions, versionId)
  await proveSealing(current.keyring, pending)
  await proveSealing(pending, pending)
  return current.versionId
}

async function finish(versions: KeyringVersions, versionId: string): Promise<void> {
  const instead = await test(versions, versionId)
  if (!(await versions.makeCurrent(versionId, instead))) throw await outdated(versions, versionId)
  await versions.unmark(versionId)
}

/** A key was added or dropped by hand since this version was made: in its place that would be undone. */
async function outdated(versions: KeyringVersions, versionId: string): Promise<ServiceError> {
  await versions.unmark(versionId)
  return new ServiceError('the keyring was changed while it was rotated; it is left as it is', {
    code: 'keyring_changed',
  })
}

async function currentKeyring(
  versions: KeyringVersions,
): Promise<{ readonly versionId: string; readonly keyring: StoredKeyring }> {
  const { versionId, value } = await versions.readCurrent()
  return { versionId, keyring: requireKeyring(value) }
}

function requireKeyring(value: unknown): StoredKeyring {
  const keyring = storedKeyringOf(value)
  if (keyring !== undefined) return keyring
  throw new ServiceError('the secret holds no keyring; run npm run setup', {
    code: 'secret_unreadable',
  })
}

const PROBE = { binding: { connectionId: 0, generation: 0 }, token: 'probe' } as const

async function proveSealing(by: StoredKeyring, opener: StoredKeyring): Promise<void> {
  const sealed = await sealerWith(by).seal(PROBE.binding, PROBE.token)
  await sealerWith(opener).open(PROBE.binding, sealed)
}

function sealerWith(stored: StoredKeyring) {
  const keyring = keyringOf(stored)
  return tokenSealer('access', async () => keyring)
}
