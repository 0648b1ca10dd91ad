import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb'
import { dynamodbAuthorizationRequests } from '../../functions/adapters/dynamodb-authorization-requests.ts'
import { connectionKey } from '../../functions/adapters/dynamodb-connection-item.ts'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbDueConnections } from '../../functions/adapters/dynamodb-due-connections.ts'
import { dynamodbRefreshBrakes } from '../../functions/adapters/dynamodb-refresh-brakes.ts'
import { dynamodbRefreshClaims } from '../../functions/adapters/dynamodb-refresh-claims.ts'
import { dynamodbSignInTokens } from '../../functions/adapters/dynamodb-sign-in-tokens.ts'
import { dynamodbTokenSets } from '../../functions/adapters/dynamodb-token-sets.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import type { TestDynamodb } from '../support/dynamodb.ts'
import { idsInBucket, type MakeBackend } from './backend.ts'

/** DynamoDB's own limit for one BatchWriteItem. */
const BATCH_LIMIT = 25

/** The adapters on a DynamoDB engine, whose tables each history finds empty. */
export function dynamodbBackend(dynamodb: TestDynamodb): MakeBackend {
  const { client, connectionsTable, signInsTable } = dynamodb
  const connectionsAt = { table: connectionsTable }
  const signInsAt = { table: signInsTable }
  return async (now) => {
    await Promise.all([connectionsTable, signInsTable].map((table) => empty(client, table)))
    const ids = idsInBucket()
    const connections = dynamodbConnections(client, { table: connectionsTable, now })
    return {
      connections: {
        ...connections,
        create: (wanted) =>
          createUnder(ids.next().value ?? 0, { client, connections, connectionsTable }, wanted),
      },
      tokenSets: dynamodbTokenSets(client, connectionsAt),
      dueConnections: dynamodbDueConnections(client, connectionsAt),
      refreshClaims: dynamodbRefreshClaims(client, connectionsAt),
      refreshBrakes: dynamodbRefreshBrakes(client, connectionsAt),
      signInTokens: dynamodbSignInTokens(client, signInsAt),
      authorizationRequests: dynamodbAuthorizationRequests(client, signInsAt),
    }
  }
}

/** Creates a connection as the adapter does, and moves it to an id of the model's own. */
async function createUnder(
  id: number,
  at: {
    readonly client: DynamoDBClient
    readonly connections: Connections
    readonly connectionsTable: string
  },
  wanted: Parameters<Connections['create']>[0],
): Promise<Connection> {
  const { client, connections, connectionsTable: TableName } = at
  const created = await connections.create(wanted)
  const Key = connectionKey(created.id)
  const { Item } = await client.send(new GetItemCommand({ TableName, Key }))
  const moved = { ...Item, ...connectionKey(id), connectionId: { N: String(id) } }
  await client.send(new PutItemCommand({ TableName, Item: moved }))
  await client.send(new DeleteItemCommand({ TableName, Key }))
  return { ...created, id }
}

async function empty(client: DynamoDBClient, table: string): Promise<void> {
  const scan = { TableName: table, ProjectionExpression: 'pk' }
  for await (const { Items: items = [] } of paginateScan({ client }, scan)) {
    for (let from = 0; from < items.length; from += BATCH_LIMIT) {
      const batch = items.slice(from, from + BATCH_LIMIT)
      const deletions = batch.map((Key) => ({ DeleteRequest: { Key } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: deletions } }))
    }
  }
}
