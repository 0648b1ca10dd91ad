import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import {
  CONNECTIONS_TABLE,
  type IndexSchema,
  SIGN_INS_TABLE,
  type TableSchema,
} from '../../functions/adapters/table-schema.ts'
import { closeServer, portOf } from './local-server.ts'
import { StartError } from './start-error.ts'

/** The tables as the local service names them. */
export const TABLE_NAMES = {
  connections: 'dynamics-connect-connections',
  signIns: 'dynamics-connect-sign-ins',
} as const

/** A running DynamoDB, embedded in this process. */
export interface LocalDynamodb {
  readonly url: string
  close(): Promise<void>
}

/** Starts dynalite on a folder, so that a restart finds the tables as they were. */
export async function startDynamodb(folder: string): Promise<LocalDynamodb> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const server = dynalite({ path: folder, createTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => closeServer(server) }
}

/** Creates the tables that are not there yet, at whichever DynamoDB the client talks to. */
export async function ensureTables(client: DynamoDBClient): Promise<void> {
  await Promise.all([
    ensureTable(client, TABLE_NAMES.connections, CONNECTIONS_TABLE),
    ensureTable(client, TABLE_NAMES.signIns, SIGN_INS_TABLE),
  ])
}

async function ensureTable(client: DynamoDBClient, name: string, schema: TableSchema) {
  const table = await describeTable(client, name)
  if (table === undefined) return createTable(client, name, schema)
  const missing = schema.indexes.filter((index) => !has(table, index))
  if (missing.length > 0) {
    const names = missing.map((index) => index.name).join(', ')
    throw new StartError(
      `the table ${name} was made by an older version and lacks the index ${names}: delete it, or the folder .local`,
    )
  }
}

/** An index does not change what it carries: it would have to be made anew. */
function has({ GlobalSecondaryIndexes: present = [] }: TableDescription, wanted: IndexSchema) {
  const index = present.find(({ IndexName }) => IndexName === wanted.name)
  const carried = index?.Projection?.NonKeyAttributes ?? []
  return index !== undefined && wanted.carries.every((attribute) => carried.includes(attribute))
}

async function describeTable(
  client: DynamoDBClient,
  name: string,
): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
    return Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

async function createTable(client: DynamoDBClient, name: string, schema: TableSchema) {
  try {
    await client.send(new CreateTableCommand(createTableInput(name, schema)))
  } catch (error) {
    const somebodyElseWasFaster = error instanceof ResourceInUseException
    if (!somebodyElseWasFaster) throw error
  }
  const patience = { client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 2 }
  await waitUntilTableExists(patience, { TableName: name })
  await enableTimeToLive(client, name, schema.timeToLive)
}

function createTableInput(name: string, schema: TableSchema) {
  const indexKeys = schema.indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
  // Two indexes may share a key, and DynamoDB takes each attribute once.
  const types = new Map(indexKeys.map(({ name, type }) => [name, type] as const))
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: [{ AttributeName: schema.partitionKey, KeyType: 'HASH' as const }],
    AttributeDefinitions: [
      { AttributeName: schema.partitionKey, AttributeType: 'S' as const },
      ...[...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type })),
    ],
    ...(schema.indexes.length > 0 && {
      GlobalSecondaryIndexes: schema.indexes.map(globalSecondaryIndex),
    }),
  }
}

function globalSecondaryIndex(index: IndexSchema): GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: [
      { AttributeName: index.partitionKey.name, KeyType: 'HASH' },
      { AttributeName: index.sortKey.name, KeyType: 'RANGE' },
    ],
    Projection:
      index.carries.length === 0
        ? { ProjectionType: 'KEYS_ONLY' }
        : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.carries] },
  }
}

/** dynalite does not know it; there, expired items stay, and no function counts on their deletion. */
async function enableTimeToLive(client: DynamoDBClient, name: string, attribute: string) {
  const specification = { AttributeName: attribute, Enabled: true }
  try {
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: specification }),
    )
  } catch (error) {
    const unknownHere = error instanceof Error && error.name === 'UnknownOperationException'
    if (!unknownHere) throw error
  }
}
