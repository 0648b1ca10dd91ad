import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { SecretStore } from './setup-steps.ts'

/** The secrets of a deployment. */
export function secretsManagerSecretStore(client: SecretsManagerClient): SecretStore {
  return {
    async read(secretId) {
      try {
        const { SecretString } = await client.send(
          new GetSecretValueCommand({ SecretId: secretId }),
        )
        return SecretString
      } catch (error) {
        if (error instanceof ResourceNotFoundException) {
          return undefined
        }
        throw error
      }
    },
    async write(secretId, value) {
      await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }))
    },
  }
}
