import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { KeyringVersions } from '../domain/rotate-keyring.ts'
import { jsonObjectOf } from './json-object.ts'
import {
  CURRENT,
  makeCurrent,
  type OneSecret,
  oneSecret,
  readCurrent,
  removeLabel,
  unless,
} from './secret-versions.ts'

const PENDING = 'AWSPENDING'

export function secretsManagerKeyringVersions(
  client: SecretsManagerClient,
  { secretArn }: { readonly secretArn: string },
): KeyringVersions {
  const words = 'a secret could not be read or changed; the rotation is tried again'
  const secret = oneSecret(client, { secretArn, words })
  return {
    placeOf: (versionId) => placeOf(secret, versionId),
    readCurrent: async () => {
      const { versionId, text } = await readCurrent(secret)
      return { versionId, value: jsonObjectOf(text) }
    },
    readPending: (versionId) => readPending(secret, versionId),
    writePending: (versionId, keyring) => writePending(secret, versionId, JSON.stringify(keyring)),
    makeCurrent: (versionId, instead) => makeCurrent(secret, versionId, instead),
    unmark: (versionId) => removeLabel(secret, PENDING, versionId),
  }
}

async function placeOf({ client, SecretId, call }: OneSecret, versionId: string) {
  const command = new DescribeSecretCommand({ SecretId })
  const { VersionIdsToStages } = await call(() => client.send(command))
  const labels = VersionIdsToStages?.[versionId] ?? []
  return { isCurrent: labels.includes(CURRENT), isPending: labels.includes(PENDING) }
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
