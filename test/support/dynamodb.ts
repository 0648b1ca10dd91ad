import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { ensureTables, TABLE_NAMES } from '../../infra/local/dynamodb.ts'

/** A DynamoDB with both tables. */
export interface TestDynamodb {
  readonly client: DynamoDBClient
  /** Another client of the same tables, as another container has; for the caller to destroy. */
  newClient(): DynamoDBClient
  readonly connectionsTable: string
  readonly signInsTable: string
  stop(): Promise<void>
}

/** At `DYNAMODB_ENDPOINT`, or else in memory. */
export async function startDynamodb(): Promise<TestDynamodb> {
  const given = process.env.DYNAMODB_ENDPOINT
  const embedded = given === undefined ? await startDynalite() : undefined
  // DynamoDB Local keeps one set of tables per access key: this run's are its own.
  const credentials = { accessKeyId: randomBytes(8).toString('hex'), secretAccessKey: 'test' }
  const endpoint = given ?? embedded?.endpoint ?? ''
  const newClient = () => new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials })
  const client = newClient()
  await ensureTables(client)
  return {
    client,
    newClient,
    connectionsTable: TABLE_NAMES.connections,
    signInsTable: TABLE_NAMES.signIns,
    stop: async () => {
      client.destroy()
      await embedded?.stop()
    },
  }
}

async function startDynalite() {
  const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => new Promise((stopped) => server.close(stopped)),
  }
}
