import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbConnections } from '../adapters/dynamodb-connections.ts'
import { dynamodbDueConnections } from '../adapters/dynamodb-due-connections.ts'
import { dynamodbRefreshClaims } from '../adapters/dynamodb-refresh-claims.ts'
import { dynamodbTokenSets } from '../adapters/dynamodb-token-sets.ts'
import { entraTokenEndpoint } from '../adapters/entra-token-endpoint.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { secretsManagerAppCredentials } from '../adapters/secrets-manager-app-credentials.ts'
import { secretsManagerKeyring } from '../adapters/secrets-manager-keyring.ts'
import { readSeams, readSettings, shardCountOf } from '../config.ts'
import { tokenSealer } from '../domain/token-sealer.ts'
import { eventLog } from '../logger.ts'
import { refreshHandler } from './handler.ts'
import { httpRefreshHandler } from './http-refresh.ts'

const settings = readSettings(process.env, [
  'connectionsTable',
  'appCredentialSecret',
  'accessTokenKeyringSecret',
  'refreshTokenKeyringSecret',
  'apiAccessSecret',
  'shards',
])
const { entraBaseUrl } = readSeams(process.env)
const now = () => new Date()
const client = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)
const table = settings.connectionsTable
const keyring = (secretArn: string) => secretsManagerKeyring(secrets, { secretArn, now })

const deps = {
  connections: dynamodbConnections(client, { table, now }),
  tokenSets: dynamodbTokenSets(client, { table, shards: shardCountOf(settings.shards) }),
  dueConnections: dynamodbDueConnections(client, { table }),
  refreshClaims: dynamodbRefreshClaims(client, { table }),
  tokenEndpoint: entraTokenEndpoint({ entraBaseUrl, now }),
  appCredentials: secretsManagerAppCredentials(secrets, {
    secretArn: settings.appCredentialSecret,
    now,
  }),
  accessTokens: tokenSealer('access', keyring(settings.accessTokenKeyringSecret)),
  refreshTokens: tokenSealer('refresh', keyring(settings.refreshTokenKeyringSecret)),
  readApiAccess: secretsManagerApiAccess(secrets, { secretArn: settings.apiAccessSecret, now }),
  now,
}
const log = eventLog('refresh')

export const handler = refreshHandler(deps, httpRefreshHandler(deps, log), log)
