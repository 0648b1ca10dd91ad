import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbConnectionHistory } from '../adapters/dynamodb-connection-history.ts'
import { dynamodbConsoleSessions } from '../adapters/dynamodb-console-sessions.ts'
import { dynamodbPartnerSettings } from '../adapters/dynamodb-partner-settings.ts'
import { dynamodbAppBreaker } from '../adapters/dynamodb-refresh-brakes.ts'
import { dynamodbServiceRecord } from '../adapters/dynamodb-service-record.ts'
import { dynamodbSettingsForPages } from '../adapters/dynamodb-settings-for-pages.ts'
import { dynamodbSignInAttempts } from '../adapters/dynamodb-sign-in-attempts.ts'
import { openidProvider } from '../adapters/openid-provider.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { secretsManagerApiClients } from '../adapters/secrets-manager-api-clients.ts'
import { secretsManagerConsoleAccess } from '../adapters/secrets-manager-console-access.ts'
import { readSettings, readShards } from '../config.ts'
import { viewsWith } from '../http/view.ts'
import { eventLog } from '../logger.ts'
import { consoleCookies } from './console-cookies.ts'
import { consoleHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'publicUrl',
  'connectionsTable',
  'signInsTable',
  'apiAccessSecret',
  'consoleAccessSecret',
])
const { connectionsTable, signInsTable, publicUrl } = settings
const { apiAccessSecret, consoleAccessSecret } = settings
const now = () => new Date()
const table = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)

export const handler = consoleHandler({
  consoleSessions: dynamodbConsoleSessions(table, { table: signInsTable }),
  signInAttempts: dynamodbSignInAttempts(table, { table: signInsTable }),
  readApiAccess: secretsManagerApiAccess(secrets, { secretArn: apiAccessSecret, now }),
  apiClients: secretsManagerApiClients(secrets, { secretArn: apiAccessSecret, now }),
  consoleAccess: secretsManagerConsoleAccess(secrets, { secretArn: consoleAccessSecret, now }),
  people: openidProvider({ now }),
  cookies: consoleCookies(publicUrl),
  viewOf: viewsWith(dynamodbSettingsForPages(table, { table: connectionsTable, now })),
  record: dynamodbServiceRecord(table, { table: connectionsTable }),
  history: dynamodbConnectionHistory(table, { table: signInsTable }),
  readAppBreaker: dynamodbAppBreaker(table, { table: connectionsTable }),
  partnerSettings: dynamodbPartnerSettings(table, { table: connectionsTable }),
  shards: readShards(process.env),
  publicUrl,
  now,
  log: eventLog('console'),
})
