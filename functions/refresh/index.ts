import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dataverseEnvironments } from '../adapters/dataverse-environments.ts'
import { dynamodbConnectionCounts } from '../adapters/dynamodb-connection-counts.ts'
import { dynamodbConnections } from '../adapters/dynamodb-connections.ts'
import { dynamodbParkedSignIns } from '../adapters/dynamodb-parked-sign-ins.ts'
import { dynamodbRefreshBrakes } from '../adapters/dynamodb-refresh-brakes.ts'
import { dynamodbRefreshClaims } from '../adapters/dynamodb-refresh-claims.ts'
import { dynamodbServiceRecord } from '../adapters/dynamodb-service-record.ts'
import { dynamodbSweepStore } from '../adapters/dynamodb-sweep-store.ts'
import { dynamodbTokenSets } from '../adapters/dynamodb-token-sets.ts'
import { entraCredentialCheck } from '../adapters/entra-credential-check.ts'
import { entraTokenEndpoint } from '../adapters/entra-token-endpoint.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { secretsManagerAppCredentials } from '../adapters/secrets-manager-app-credentials.ts'
import { secretsManagerKeyring } from '../adapters/secrets-manager-keyring.ts'
import { stsIdentityToken } from '../adapters/sts-identity-token.ts'
import { cloudsOf, readRefreshPolicy, readSeams, readSettings } from '../config.ts'
import { cloudNamed } from '../domain/clouds.ts'
import { tokenSealer } from '../domain/token-sealer.ts'
import { eventLog } from '../logger.ts'
import { refreshMetrics } from '../metrics.ts'
import { completeSignInHandler } from './complete-sign-in.ts'
import { refreshHandler } from './handler.ts'
import { httpRefreshHandler } from './http-refresh.ts'
import { reportAppCredential } from './report-refresh.ts'

/** Token requests at the same time in one sweep: as many as 100 in a second need at 320 ms each. */
const CONCURRENCY = 32

/** Further refreshes that are read, claimed or stored meanwhile; their turn comes within two requests. */
const AHEAD = 2 * CONCURRENCY

/** Starts in a second and shard; a shard of 60,000 hot connections needs 15. */
const STARTS_PER_SECOND = 100

const settings = readSettings(process.env, [
  'connectionsTable',
  'signInsTable',
  'appCredentialSecret',
  'accessTokenKeyringSecret',
  'refreshTokenKeyringSecret',
  'apiAccessSecret',
  'clouds',
])
const { entraBaseUrl, dataverseBaseUrl } = readSeams(process.env)
/** Where the app is registered: in the first of the clouds. */
const { loginHost } = cloudNamed(cloudsOf(settings.clouds)[0] ?? 'commercial')
const now = () => new Date()
const client = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)
const table = settings.connectionsTable
const keyring = (secretArn: string) => secretsManagerKeyring(secrets, { secretArn, now })

const operations = { log: eventLog('refresh', process.env), metrics: refreshMetrics('refresh') }

const notice = reportAppCredential(operations)

const refresh = {
  tokenSets: dynamodbTokenSets(client, { table }),
  refreshClaims: dynamodbRefreshClaims(client, { table }),
  refreshBrakes: dynamodbRefreshBrakes(client, { table }),
  tokenEndpoint: entraTokenEndpoint({ entraBaseUrl, now }),
  environments: dataverseEnvironments({ dataverseBaseUrl }),
  appCredentials: secretsManagerAppCredentials(secrets, {
    secretArn: settings.appCredentialSecret,
    readIdentityToken: stsIdentityToken({ now }),
    tellNewestRejected: (code) => notice('app_credential_newest_rejected', code),
    now,
  }),
  accessTokens: tokenSealer('access', keyring(settings.accessTokenKeyringSecret)),
  refreshTokens: tokenSealer('refresh', keyring(settings.refreshTokenKeyringSecret)),
  refreshPolicy: readRefreshPolicy(process.env),
  notice,
  now,
  wait: (milliseconds: number) => setTimeout(milliseconds),
}

const ownConnections = {
  connections: dynamodbConnections(client, { table, now }),
  readApiAccess: secretsManagerApiAccess(secrets, { secretArn: settings.apiAccessSecret, now }),
}

export const handler = refreshHandler({
  refresh,
  sweep: {
    ...dynamodbSweepStore(client, { table }),
    concurrency: CONCURRENCY,
    ahead: AHEAD,
    startsPerSecond: STARTS_PER_SECOND,
  },
  countConnections: dynamodbConnectionCounts(client, { table }),
  record: dynamodbServiceRecord(client, { table }),
  checkCredential: entraCredentialCheck({ entraBaseUrl, loginHost, now }),
  operations,
  http: {
    refresh: httpRefreshHandler({ ...refresh, ...ownConnections, operations }),
    complete: completeSignInHandler({
      ...refresh,
      ...ownConnections,
      parkedSignIns: dynamodbParkedSignIns(client, { table: settings.signInsTable }),
      log: operations.log,
    }),
  },
})
