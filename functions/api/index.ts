import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbConnectionDirectory } from '../adapters/dynamodb-connection-directory.ts'
import { dynamodbConnections } from '../adapters/dynamodb-connections.ts'
import { dynamodbRevocations } from '../adapters/dynamodb-revocations.ts'
import { dynamodbSignInTokens } from '../adapters/dynamodb-sign-in-tokens.ts'
import { lambdaTokenImport } from '../adapters/lambda-token-import.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { cloudsOf, readSettings } from '../config.ts'
import { rememberingConnections } from '../domain/revocations.ts'
import { eventLog } from '../logger.ts'
import { apiHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'connectionsTable',
  'signInsTable',
  'apiAccessSecret',
  'refreshFunction',
  'clouds',
])
const now = () => new Date()
const table = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)

export const handler = apiHandler(
  {
    connections: rememberingConnections(
      dynamodbConnections(table, { table: settings.connectionsTable, now }),
      { revocations: dynamodbRevocations(table, { table: settings.signInsTable }), now },
    ),
    directory: dynamodbConnectionDirectory(table, { table: settings.connectionsTable }),
    importTokens: lambdaTokenImport({ functionName: settings.refreshFunction }),
    signInTokens: dynamodbSignInTokens(table, { table: settings.signInsTable }),
    readApiAccess: secretsManagerApiAccess(secrets, { secretArn: settings.apiAccessSecret, now }),
    clouds: cloudsOf(settings.clouds),
    readDocument: (name) => {
      const file = join(__dirname, name)
      return existsSync(file) ? readFileSync(file) : undefined
    },
    now,
  },
  eventLog('api', process.env),
)
