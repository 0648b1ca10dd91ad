import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbConnections } from '../adapters/dynamodb-connections.ts'
import { lambdaRefreshRequests } from '../adapters/lambda-refresh-requests.ts'
import { secretsManagerApiAccess } from '../adapters/secrets-manager-api-access.ts'
import { secretsManagerKeyring } from '../adapters/secrets-manager-keyring.ts'
import { readSettings } from '../config.ts'
import { tokenSealer } from '../domain/token-sealer.ts'
import { eventLog } from '../logger.ts'
import { tokenHandler } from './handler.ts'

const settings = readSettings(process.env, [
  'connectionsTable',
  'apiAccessSecret',
  'accessTokenKeyringSecret',
  'refreshFunction',
])
const now = () => new Date()
const table = new DynamoDBClient(AWS_CLIENT_SETTINGS)
const secrets = new SecretsManagerClient(AWS_CLIENT_SETTINGS)
const secretArn = settings.accessTokenKeyringSecret

export const handler = tokenHandler(
  {
    connections: dynamodbConnections(table, { table: settings.connectionsTable, now }),
    accessTokens: tokenSealer('access', secretsManagerKeyring(secrets, { secretArn, now })),
    refreshRequests: lambdaRefreshRequests({ functionName: settings.refreshFunction }),
    readApiAccess: secretsManagerApiAccess(secrets, { secretArn: settings.apiAccessSecret, now }),
    now,
    wait: (milliseconds) => setTimeout(milliseconds),
  },
  eventLog('token', process.env),
)
