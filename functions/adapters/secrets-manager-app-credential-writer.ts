import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AppCredentialWriter } from '../domain/app-credential-writer.ts'
import { ServiceError } from '../domain/service-error.ts'

export function secretsManagerAppCredentialWriter(
  client: SecretsManagerClient,
  { secretArn }: { readonly secretArn: string },
): AppCredentialWriter {
  return {
    write: async (credential) => {
      const SecretString = JSON.stringify(credential)
      const put = new PutSecretValueCommand({ SecretId: secretArn, SecretString })
      await client.send(put).catch((error: unknown) => {
        // Without its cause, which may hold what was sent.
        throw new ServiceError('the app credential could not be stored; try again', {
          code: 'store_unavailable',
          evidence: { name: error instanceof Error ? error.name : 'unknown' },
        })
      })
    },
  }
}
