import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ServiceError } from '../domain/service-error.ts'

/** Which version of a secret. */
export interface SecretVersion {
  readonly secretArn: string
  readonly stage: 'AWSCURRENT' | 'AWSPREVIOUS'
}

/**
 * The text of one version of a secret, `undefined` when it holds none.
 * @throws ServiceError `secret_unreadable`, naming the secret and never its value.
 */
export async function readSecretText(
  client: SecretsManagerClient,
  { secretArn, stage }: SecretVersion,
): Promise<string | undefined> {
  const command = new GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage })
  try {
    return (await client.send(command)).SecretString
  } catch (error) {
    throw new ServiceError('a secret could not be read; try again in a moment', {
      code: 'secret_unreadable',
      cause: error,
      evidence: { secret: secretArn, name: error instanceof Error ? error.name : 'unknown' },
    })
  }
}
