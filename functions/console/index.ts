import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbConnectionDirectory } from '../adapters/dynamodb-connection-directory.ts'
import { dynamodbConnectionHistory } from '../adapters/dynamodb-connection-history.ts'
import { dynamodbConnections } from '../adapters/dynamodb-connections.ts'
import { dynamodbConsoleSessions } from '../adapters/dynamodb-console-sessions.ts'
import { dynamodbPartnerSettings } from '../adapters/dynamodb-partner-settings.ts'
import { dynamodbAppBreaker } from '../adapters/dynamodb-refresh-brakes.ts'
import { dynamodbRevocations } from '../adapters/dynamodb-revocations.ts'
import { dynamodbServiceRecord } from '../adapters/dynamodb-service-record.ts'
import { dynamodbSettingsForPages } from '../adapters/dynamodb-settings-for-pages.ts'
import { dynamodbSignInAttempts } from '../adapters/dynamodb-sign-in-attempts.ts'
import { dynamodbSignInTokens } from '../adapters/dynamodb-sign-in-tokens.ts'
import { entraCredentialCheck } from '../adapters/entra-credential-check.ts'
import { lambdaCredentialCheck } from '../adapters/lambda-credential-check.ts'
import { lambdaRefreshRequests } from '../adapters/lambda-refresh-requests.ts'
import { openidProvider } from '../adapters/openid-provider.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { secretsManagerApiClients } from '../adapters/secrets-manager-api-clients.ts'
import { secretsManagerAppCredentialWriter } from '../adapters/secrets-manager-app-credential-writer.ts'
import { secretsManagerConsoleAccess } from '../adapters/secrets-manager-console-access.ts'
import {
  cloudsOf,
  readAllowedOrigins,
  readRefreshPolicy,
  readSeams,
  readSettings,
  readShards,
  readTokenRequestRoles,
} from '../config.ts'
import { cloudNamed } from '../domain/clouds.ts'
import { rememberingConnections } from '../domain/revocations.ts'
import { viewsWith } from '../http/view.ts'
import { eventLog } from '../logger.ts'
import { consoleCookies } from './console-cookies.ts'
import { consoleHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'publicUrl',
  'connectionsTable',
  'signInsTable',
  'apiAccessSecret',
  'appCredentialSecret',
  'consoleAccessSecret',
  'refreshFunction',
  'clouds',
])
const { connectionsTable, signInsTable, publicUrl } = settings
const { apiAccessSecret, consoleAccessSecret } = settings
const { entraBaseUrl } = readSeams(process.env)
const { loginHost } = cloudNamed(cloudsOf(settings.clouds)[0] ?? 'commercial')
const now = () => new Date()
const table = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)
const settingsForPages = dynamodbSettingsForPages(table, { table: connectionsTable, now })
const deployedOrigins = readAllowedOrigins(process.env)

export const handler = consoleHandler({
  consoleSessions: dynamodbConsoleSessions(table, { table: signInsTable }),
  signInAttempts: dynamodbSignInAttempts(table, { table: signInsTable }),
  readApiAccess: secretsManagerApiAccess(secrets, { secretArn: apiAccessSecret, now }),
  apiClients: secretsManagerApiClients(secrets, { secretArn: apiAccessSecret, now }),
  consoleAccess: secretsManagerConsoleAccess(secrets, { secretArn: consoleAccessSecret, now }),
  people: openidProvider({ now }),
  cookies: consoleCookies(publicUrl),
  viewOf: viewsWith(settingsForPages),
  directory: dynamodbConnectionDirectory(table, { table: connectionsTable }),
  history: dynamodbConnectionHistory(table, { table: signInsTable }),
  connections: rememberingConnections(
    dynamodbConnections(table, { table: connectionsTable, now }),
    {
      revocations: dynamodbRevocations(table, { table: signInsTable }),
      now,
    },
  ),
  signInTokens: dynamodbSignInTokens(table, { table: signInsTable }),
  refreshRequests: lambdaRefreshRequests({ functionName: settings.refreshFunction }),
  returnOrigins: async () => {
    const { allowedOrigins } = await settingsForPages.read()
    return [...new Set([...deployedOrigins, ...allowedOrigins])]
  },
  clouds: cloudsOf(settings.clouds),
  refreshPolicy: readRefreshPolicy(process.env),
  record: dynamodbServiceRecord(table, { table: connectionsTable }),
  shards: readShards(process.env),
  publicUrl,
  partnerSettings: dynamodbPartnerSettings(table, { table: connectionsTable }),
  appCredentialWriter: secretsManagerAppCredentialWriter(secrets, {
    secretArn: settings.appCredentialSecret,
  }),
  checkCredential: entraCredentialCheck({ entraBaseUrl, loginHost, now }),
  checkStoredCredential: lambdaCredentialCheck({ functionName: settings.refreshFunction }),
  readAppBreaker: dynamodbAppBreaker(table, { table: connectionsTable }),
  deployment: {
    publicUrl,
    allowedOrigins: deployedOrigins,
    tokenRequestRoles: readTokenRequestRoles(process.env),
  },
  now,
  log: eventLog('console'),
})
