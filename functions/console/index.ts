import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbBrands } from '../adapters/dynamodb-brand.ts'
import { dynamodbConsoleSessions } from '../adapters/dynamodb-console-sessions.ts'
import { dynamodbSignInAttempts } from '../adapters/dynamodb-sign-in-attempts.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { readSettings } from '../config.ts'
import { viewsWith } from '../http/view.ts'
import { eventLog } from '../logger.ts'
import { consoleCookies } from './console-cookies.ts'
import { consoleHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'publicUrl',
  'connectionsTable',
  'signInsTable',
  'apiAccessSecret',
])
const { connectionsTable, signInsTable, publicUrl } = settings
const now = () => new Date()
const table = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)

export const handler = consoleHandler({
  consoleSessions: dynamodbConsoleSessions(table, { table: signInsTable }),
  signInAttempts: dynamodbSignInAttempts(table, { table: signInsTable }),
  readApiAccess: secretsManagerApiAccess(secrets, { secretArn: settings.apiAccessSecret, now }),
  cookies: consoleCookies(publicUrl),
  viewOf: viewsWith(dynamodbBrands(table, { table: connectionsTable, now })),
  publicUrl,
  now,
  log: eventLog('console', process.env),
})
