import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { dynamodbPartnerSettings } from '../../../functions/adapters/dynamodb-partner-settings.ts'
import { startDynamodb, TABLE_NAMES } from '../../../infra/local/dynamodb.ts'

/** The tables of one service, in the hands of a test that cannot wait for minutes to pass. */
export interface OwnTables {
  /** What the service has to be told to use them. */
  readonly env: Readonly<Record<string, string>>
  /** Lets go of what holds refreshes back: the breaker of the app, and the tenant. */
  releaseBrakes(tenantId: string): Promise<void>
  /** Lets the time run out in which a parked sign-in can be completed. */
  expireParked(id: string): Promise<void>
  /** How the connection was revoked, as a restore of the connections would be told. */
  revocationOf(connectionId: string): Promise<string | undefined>
  /** Sets the origins of the settings, in place of those before. */
  allowOrigins(origins: readonly string[]): Promise<void>
  stop(): Promise<void>
}

export async function startOwnTables(): Promise<OwnTables> {
  const folder = await mkdtemp(join(tmpdir(), 'dynamics-connect-tables-'))
  const dynamodb = await startDynamodb(folder)
  const client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  return {
    env: { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url },
    releaseBrakes: async (tenantId) => {
      for (const brake of ['app', `tenant#${tenantId}`]) {
        const Key = { pk: { S: `brake#${brake}` } }
        await client.send(new DeleteItemCommand({ TableName: TABLE_NAMES.connections, Key }))
      }
    },
    expireParked: async (id) => {
      await client.send(
        new UpdateItemCommand({
          TableName: TABLE_NAMES.signIns,
          Key: { pk: { S: `parked-sign-in#${id}` } },
          UpdateExpression: 'SET validUntil = :past',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':past': { N: '0' } },
        }),
      )
    },
    revocationOf: async (connectionId) => {
      const Key = { pk: { S: `revoked#${connectionId}` } }
      const get = new GetItemCommand({ TableName: TABLE_NAMES.signIns, Key })
      return (await client.send(get)).Item?.what?.S
    },
    allowOrigins: dynamodbPartnerSettings(client, { table: TABLE_NAMES.connections })
      .saveAllowedOrigins,
    stop: async () => {
      client.destroy()
      await dynamodb.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
