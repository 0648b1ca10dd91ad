import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dataverseEnvironmentDirectory } from '../adapters/dataverse-environment-directory.ts'
import { dataverseEnvironments } from '../adapters/dataverse-environments.ts'
import { dynamodbAuthorizationRequests } from '../adapters/dynamodb-authorization-requests.ts'
import { dynamodbParkedSignIns } from '../adapters/dynamodb-parked-sign-ins.ts'
import { dynamodbSettingsForPages } from '../adapters/dynamodb-settings-for-pages.ts'
import { dynamodbSignInTokens } from '../adapters/dynamodb-sign-in-tokens.ts'
import { dynamodbTokenSets } from '../adapters/dynamodb-token-sets.ts'
import { entraAdminConsentUrl } from '../adapters/entra-authorization-url.ts'
import { entraTokenEndpoint } from '../adapters/entra-token-endpoint.ts'
import { secretsManagerAppCredentials } from '../adapters/secrets-manager-app-credentials.ts'
import { secretsManagerKeyring } from '../adapters/secrets-manager-keyring.ts'
import { stsIdentityToken } from '../adapters/sts-identity-token.ts'
import { readRefreshPolicy, readSeams, readSettings } from '../config.ts'
import { tokenSealer } from '../domain/token-sealer.ts'
import { browserCookie } from '../http/browser-cookie.ts'
import { CALLBACK_PATH } from '../http/routes.ts'
import { viewsWith } from '../http/view.ts'
import { eventLog } from '../logger.ts'
import { signInMetrics } from '../metrics.ts'
import { callbackHandler } from './handler.ts'
import { reportNewestRejected } from './report-ended.ts'

const settings = readSettings(process.env, [
  'publicUrl',
  'connectionsTable',
  'signInsTable',
  'appCredentialSecret',
  'accessTokenKeyringSecret',
  'refreshTokenKeyringSecret',
])
const { entraBaseUrl, dataverseBaseUrl } = readSeams(process.env)
const now = () => new Date()
const client = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)
const redirectUri = `${settings.publicUrl}${CALLBACK_PATH}`
const keyring = (secretArn: string) => secretsManagerKeyring(secrets, { secretArn, now })
const operations = { log: eventLog('callback', process.env), metrics: signInMetrics('callback') }

export const handler = callbackHandler({
  authorizationRequests: dynamodbAuthorizationRequests(client, { table: settings.signInsTable }),
  signInTokens: dynamodbSignInTokens(client, { table: settings.signInsTable }),
  parkedSignIns: dynamodbParkedSignIns(client, { table: settings.signInsTable }),
  tokenSets: dynamodbTokenSets(client, { table: settings.connectionsTable }),
  tokenEndpoint: entraTokenEndpoint({ entraBaseUrl, now }),
  environments: dataverseEnvironments({ dataverseBaseUrl }),
  environmentDirectory: dataverseEnvironmentDirectory({ dataverseBaseUrl }),
  appCredentials: secretsManagerAppCredentials(secrets, {
    secretArn: settings.appCredentialSecret,
    readIdentityToken: stsIdentityToken({ now }),
    tellNewestRejected: reportNewestRejected(operations),
    now,
  }),
  accessTokens: tokenSealer('access', keyring(settings.accessTokenKeyringSecret)),
  refreshTokens: tokenSealer('refresh', keyring(settings.refreshTokenKeyringSecret)),
  adminConsentUrl: entraAdminConsentUrl({ entraBaseUrl, redirectUri }),
  browserCookie: browserCookie(settings.publicUrl),
  viewOf: viewsWith(dynamodbSettingsForPages(client, { table: settings.connectionsTable, now })),
  redirectUri,
  refreshPolicy: readRefreshPolicy(process.env),
  now,
  wait: (milliseconds: number) => setTimeout(milliseconds),
  ...operations,
})
