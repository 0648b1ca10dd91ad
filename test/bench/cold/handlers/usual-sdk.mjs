import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

const table = new DynamoDBClient({})
const secrets = new SecretsManagerClient({})

/** Reads an item and a secret at the same time, by the SDK as it comes. */
export const handler = async ({ TableName, pk, SecretId }) => {
  const [{ Item }, { SecretString }] = await Promise.all([
    table.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } })),
    secrets.send(new GetSecretValueCommand({ SecretId })),
  ])
  return { statusCode: Item && SecretString ? 200 : 404 }
}
