import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dataverseEnvironments } from '../adapters/dataverse-environments.ts'
import { dynamodbAuthorizationRequests } from '../adapters/dynamodb-authorization-requests.ts'
import { dynamodbSettingsForPages } from '../adapters/dynamodb-settings-for-pages.ts'
import { dynamodbSignInContexts } from '../adapters/dynamodb-sign-in-contexts.ts'
import { dynamodbSignInTokens } from '../adapters/dynamodb-sign-in-tokens.ts'
import { entraAuthorizationUrl } from '../adapters/entra-authorization-url.ts'
import { cloudsOf, readAllowedOrigins, readSeams, readSettings } from '../config.ts'
import { browserCookie } from '../http/browser-cookie.ts'
import { CALLBACK_PATH } from '../http/routes.ts'
import { viewsWith } from '../http/view.ts'
import { eventLog } from '../logger.ts'
import { authorizeHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'publicUrl',
  'connectionsTable',
  'signInsTable',
  'clouds',
])
const { connectionsTable, signInsTable, publicUrl } = settings
const { entraBaseUrl, dataverseBaseUrl } = readSeams(process.env)
const now = () => new Date()
const client = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const settingsForPages = dynamodbSettingsForPages(client, { table: connectionsTable, now })
const redirectUri = `${publicUrl}${CALLBACK_PATH}`

export const handler = authorizeHandler({
  signInContexts: dynamodbSignInContexts(client, { connectionsTable, signInsTable }),
  authorizationRequests: dynamodbAuthorizationRequests(client, { table: signInsTable }),
  signInTokens: dynamodbSignInTokens(client, { table: signInsTable }),
  environments: dataverseEnvironments({ dataverseBaseUrl }),
  authorizationUrl: entraAuthorizationUrl({ entraBaseUrl, redirectUri }),
  browserCookie: browserCookie(publicUrl),
  connectScript: readFileSync(join(__dirname, 'connect.js'), 'utf8'),
  viewOf: viewsWith(settingsForPages),
  settingsForPages,
  // The service's own pages are a place to return to.
  allowedOrigins: [...readAllowedOrigins(process.env), new URL(publicUrl).origin],
  clouds: cloudsOf(settings.clouds),
  now,
  log: eventLog('authorize', process.env),
})
