import {
  GetSecretValueCommand,
  InvalidParameterException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { ServiceError } from '../domain/service-error.ts'

export const CURRENT = 'AWSCURRENT'

/** One secret, and how it is called. */
export interface OneSecret {
  readonly client: SecretsManagerClient
  readonly SecretId: string
  readonly call: <T>(call: () => Promise<T>) => Promise<T>
}

/**
 * A secret whose versions are changed. Whatever AWS does not do is `secret_unreadable` with these words, and
 * names the secret, never its value.
 */
export function oneSecret(
  client: SecretsManagerClient,
  { secretArn, words }: { readonly secretArn: string; readonly words: string },
): OneSecret {
  const call = async <T>(send: () => Promise<T>): Promise<T> => {
    try {
      return await send()
    } catch (error) {
      throw new ServiceError(words, {
        code: 'secret_unreadable',
        cause: error,
        evidence: { secret: secretArn, name: error instanceof Error ? error.name : 'unknown' },
      })
    }
  }
  return { client, SecretId: secretArn, call }
}

/** One version of a secret. */
export interface VersionText {
  readonly versionId: string
  readonly text: string
}

export async function readCurrent({ client, SecretId, call }: OneSecret): Promise<VersionText> {
  const command = new GetSecretValueCommand({ SecretId, VersionStage: CURRENT })
  const { SecretString = '', VersionId = '' } = await call(() => client.send(command))
  return { versionId: VersionId, text: SecretString }
}

/**
 * Moves the label of the version in use, only from the one that had it when it was read.
 * @returns whether it did; somebody else changed the secret meanwhile where it did not
 */
export function makeCurrent(
  { client, SecretId, call }: OneSecret,
  MoveToVersionId: string,
  RemoveFromVersionId: string,
): Promise<boolean> {
  const move = { SecretId, VersionStage: CURRENT, MoveToVersionId, RemoveFromVersionId }
  const isMade = client.send(new UpdateSecretVersionStageCommand(move)).then(() => true)
  return call(() => isMade.catch(unless(InvalidParameterException, false)))
}

/** Takes another label than that of the version in use away. */
export async function removeLabel(
  { client, SecretId, call }: OneSecret,
  VersionStage: string,
  RemoveFromVersionId: string,
): Promise<void> {
  const removal = { SecretId, VersionStage, RemoveFromVersionId }
  await call(() => client.send(new UpdateSecretVersionStageCommand(removal)))
}

/** Answers an error of one kind with a value, and throws any other. */
export function unless<T>(
  kind: abstract new (...args: never[]) => Error,
  value: T,
): (error: unknown) => T {
  return (error) => {
    if (error instanceof kind) return value
    throw error
  }
}
