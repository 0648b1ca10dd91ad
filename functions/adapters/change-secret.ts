import { randomInt } from 'node:crypto'
import { PutSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager'
import { ServiceError } from '../domain/service-error.ts'
import { makeCurrent, type OneSecret, readCurrent, removeLabel } from './secret-versions.ts'

/**
 * Labels of versions on their way, of which each change takes any: a few, so that changes made together
 * rarely take one from the other, and no more, since those of a writer that was stopped stay until the next
 * one takes them; a secret has room for 20.
 */
const PENDING_LABELS = 8

/** How often a change is begun anew when others were faster. */
const TRIES = 5

/** What becomes of a secret: another text, or none where it stays as it is. */
export interface SecretChange<Outcome> {
  readonly text: string | undefined
  readonly outcome: Outcome
}

/**
 * Changes what a secret holds and loses no change of anybody else's: the new version is written beside the
 * one in use and takes its place only while that is still the one that was read, else all begins anew.
 * @throws ServiceError `secret_changed` when others were faster each time
 */
export async function changeSecret<Outcome>(
  secret: OneSecret,
  change: (text: string) => SecretChange<Outcome>,
): Promise<Outcome> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const read = await readCurrent(secret)
    const { text, outcome } = change(read.text)
    if (text === undefined || (await replace(secret, read.versionId, text))) return outcome
  }
  throw new ServiceError('others are changing the same just now; try again in a moment', {
    code: 'secret_changed',
    evidence: { secret: secret.SecretId },
  })
}

async function replace(secret: OneSecret, read: string, SecretString: string): Promise<boolean> {
  const { client, SecretId, call } = secret
  const label = `CHANGE_${randomInt(PENDING_LABELS)}`
  const put = new PutSecretValueCommand({ SecretId, SecretString, VersionStages: [label] })
  const { VersionId = '' } = await call(() => client.send(put))
  try {
    return await makeCurrent(secret, VersionId, read)
  } catch (error) {
    // A version without a label is gone: another change has taken ours from it.
    if (!isGone(error)) throw error
    return false
  } finally {
    // Another change may have taken it already, and a label that is left behind does no harm.
    await removeLabel(secret, label, VersionId).catch(() => undefined)
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ServiceError && error.cause instanceof ResourceNotFoundException
}
