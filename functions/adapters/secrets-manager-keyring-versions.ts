import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import type { KeyringVersions } from '../domain/rotate-keyring.ts'
import { ServiceError } from '../domain/service-error.ts'
import { jsonObjectOf } from './json-object.ts'

const CURRENT = 'AWSCURRENT'
const PENDING = 'AWSPENDING'

/** One secret, and how it is called. */
interface OneSecret {
  readonly client: SecretsManagerClient
  readonly SecretId: string
  readonly call: <T>(call: () => Promise<T>) => Promise<T>
}

export function secretsManagerKeyringVersions(
  client: SecretsManagerClient,
  { secretArn }: { readonly secretArn: string },
): KeyringVersions {
  const secret = { client, SecretId: secretArn, call: translated(secretArn) }
  return {
    placeOf: (versionId) => placeOf(secret, versionId),
    readCurrent: () => readCurrent(secret),
    readPending: (versionId) => readPending(secret, versionId),
    writePending: (versionId, keyring) => writePending(secret, versionId, JSON.stringify(keyring)),
    makeCurrent: (versionId, instead) => makeCurrent(secret, versionId, instead),
    unmark: (versionId) => unmark(secret, versionId),
  }
}

async function placeOf({ client, SecretId, call }: OneSecret, versionId: string) {
  const command = new DescribeSecretCommand({ SecretId })
  const { VersionIdsToStages } = await call(() => client.send(command))
  const labels = VersionIdsToStages?.[versionId] ?? []
  return { isCurrent: labels.includes(CURRENT), isPending: labels.includes(PENDING) }
}

async function readCurrent({ client, SecretId, call }: OneSecret) {
  const command = new GetSecretValueCommand({ SecretId, VersionStage: CURRENT })
  const { SecretString = '', VersionId = '' } = await call(() => client.send(command))
  return { versionId: VersionId, value: jsonObjectOf(SecretString) }
}

async function readPending({ client, SecretId, call }: OneSecret, VersionId: string) {
  const command = new GetSecretValueCommand({ SecretId, VersionId, VersionStage: PENDING })
  const secret = await call(() =>
    client.send(command).catch(unless(ResourceNotFoundException, undefined)),
  )
  // A value that is no keyring is not absent: whoever wrote it has to be told.
  return secret && (jsonObjectOf(secret.SecretString ?? '') ?? 'not JSON')
}

async function writePending(
  { client, SecretId, call }: OneSecret,
  ClientRequestToken: string,
  SecretString: string,
): Promise<void> {
  const value = { SecretId, ClientRequestToken, SecretString, VersionStages: [PENDING] }
  const command = new PutSecretValueCommand(value)
  await call(() => client.send(command).catch(unless(ResourceExistsException, undefined)))
}

function makeCurrent(
  { client, SecretId, call }: OneSecret,
  MoveToVersionId: string,
  RemoveFromVersionId: string,
): Promise<boolean> {
  const move = { SecretId, VersionStage: CURRENT, MoveToVersionId, RemoveFromVersionId }
  const command = new UpdateSecretVersionStageCommand(move)
  const isMade = client.send(command).then(() => true)
  return call(() => isMade.catch(unless(InvalidParameterException, false)))
}

async function unmark(
  { client, SecretId, call }: OneSecret,
  RemoveFromVersionId: string,
): Promise<void> {
  const removal = { SecretId, VersionStage: PENDING, RemoveFromVersionId }
  await call(() => client.send(new UpdateSecretVersionStageCommand(removal)))
}

/** Answers an error of one kind with a value, and throws any other. */
function unless<T>(
  kind: abstract new (...args: never[]) => Error,
  value: T,
): (error: unknown) => T {
  return (error) => {
    if (error instanceof kind) return value
    throw error
  }
}

function translated(secretArn: string): OneSecret['call'] {
  return async (call) => {
    try {
      return await call()
    } catch (error) {
      throw new ServiceError('a secret could not be read or changed; the rotation is tried again', {
        code: 'secret_unreadable',
        cause: error,
        evidence: { secret: secretArn, name: error instanceof Error ? error.name : 'unknown' },
      })
    }
  }
}
