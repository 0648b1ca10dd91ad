import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { SecretStore, SettingsStore } from './setup-steps.ts'

/** The item of what a deployment's operator sets. */
export const SETTINGS_KEY = { pk: { S: 'settings' } } as const

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

/** The settings item, which may hold more than the client id: only that is changed. */
export function dynamodbSettingsStore(client: DynamoDBClient, table: string): SettingsStore {
  return {
    async clientId() {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: SETTINGS_KEY, ConsistentRead: true }),
      )
      return Item?.clientId?.S
    },
    async saveClientId(clientId) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: SETTINGS_KEY,
          UpdateExpression: 'SET clientId = :clientId',
          ExpressionAttributeValues: { ':clientId': { S: clientId } },
        }),
      )
    },
  }
}
