import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

const table = new DynamoDBClient({})
const secrets = new SecretsManagerClient({})
const { TABLE: TableName = '', SECRET: SecretId = '' } = process.env

/** One read of a table and one of a secret at the same time, by the SDK as it comes. */
export const handler = async () => {
  const get = new GetItemCommand({ TableName, Key: { pk: { S: 'settings' } } })
  const [item, secret] = await Promise.all([
    table.send(get),
    secrets.send(new GetSecretValueCommand({ SecretId })),
  ])
  return { statusCode: item.Item && secret.SecretString ? 200 : 500 }
}
