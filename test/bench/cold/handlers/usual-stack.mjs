import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { ConfidentialClientApplication } from '@azure/msal-node'

const logger = new Logger({ serviceName: 'token' })
const metrics = new Metrics({ namespace: 'Usual', serviceName: 'token' })
const tracer = new Tracer({ serviceName: 'token' })
const table = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})))
const secrets = tracer.captureAWSv3Client(new SecretsManagerClient({}))
let secret

/** A token that MSAL finds in its cache, which is an item of a table: AWS's tools and Microsoft's as they come. */
export const handler = async ({
  TableName,
  SecretId,
  clientId,
  tenantId,
  homeAccountId,
  scopes,
}) => {
  secret ??= secrets.send(new GetSecretValueCommand({ SecretId }))
  const { clientSecret } = JSON.parse((await secret).SecretString)
  const authority = `https://login.microsoftonline.com/${tenantId}`
  // A client for each person, as MSAL's guide to distributed caches has it: its cache is that person's.
  const client = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, authority },
    cache: { cachePlugin: cacheIn(TableName, homeAccountId) },
  })
  const account = await client.getTokenCache().getAccountByHomeId(homeAccountId)
  const answer = await client.acquireTokenSilent({ account, scopes })
  logger.debug('token served')
  metrics.addMetric('Served', 'Count', 1)
  metrics.clearMetrics()
  return { statusCode: answer.fromCache ? 200 : 500, body: answer.accessToken }
}

function cacheIn(TableName, pk) {
  return {
    beforeCacheAccess: async ({ tokenCache }) => {
      const { Item } = await table.send(new GetCommand({ TableName, Key: { pk } }))
      tokenCache.deserialize(Item.cache)
    },
    afterCacheAccess: async ({ tokenCache, cacheHasChanged }) => {
      if (!cacheHasChanged) return
      const Item = { pk, cache: tokenCache.serialize() }
      await table.send(new PutCommand({ TableName, Item }))
    },
  }
}
