import { randomInt } from 'node:crypto'
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Clock } from '../domain/clock.ts'
import type { Connection } from '../domain/connection.ts'
import type { ConnectionLabels, Connections } from '../domain/connections.ts'
import { answered, answeredIf, updateExpressions } from './dynamodb-call.ts'
import { writeGroup } from './dynamodb-connection-group.ts'
import { connectionFromItem, connectionKey, ITEM_FORMAT } from './dynamodb-connection-item.ts'
import { listConnections, namesInUse } from './dynamodb-connection-list.ts'
import { type Attributes, itemOf, number, text, time } from './dynamodb-item.ts'

/** Ids are random and fit the 32-bit integers of existing client code. */
const ID_LIMIT = 2 ** 31 - 1

const FORGOTTEN_GRANT = {
  tokenSet: undefined,
  authority: undefined,
  user: undefined,
  userKey: undefined,
  environment: undefined,
  due: undefined,
  nextRefreshAt: undefined,
  hotUntil: undefined,
  failure: undefined,
  reason: undefined,
  claims: undefined,
  connectedAt: undefined,
  connectedBy: undefined,
  refreshedAt: undefined,
} as const satisfies Attributes

const hasResource = 'attribute_exists(#resource)'
const hasAnotherResource = '(attribute_not_exists(#resource) OR #resource <> :resource)'
const isStillThere = 'attribute_exists(pk) AND #accountId = :accountId'

interface ConnectionsTable {
  readonly client: DynamoDBClient
  readonly table: string
}

export function dynamodbConnections(
  client: DynamoDBClient,
  { table, now }: { readonly table: string; readonly now: Clock },
): Connections {
  const here = { client, table }
  return {
    create: (connection) => create(here, connection, now()),
    read: (accountId, connectionId) => read(here, accountId, connectionId),
    list: (accountId, page) => listConnections(client, { table, accountId, page }),
    names: (accountId) => namesInUse(client, { table, accountId }),
    relabel: (connection, labels) => relabel(here, connection, labels),
    setResource: async (connection, resource) => {
      const set = { resource: text(resource), ...withoutGrant(connection.id, 'pending') }
      const isAnother = resource === undefined ? hasResource : hasAnotherResource
      const changed = await update(here, connection, { set, condition: isAnother })
      return changed ?? read(here, connection.accountId, connection.id)
    },
    disconnect: (connection) =>
      update(here, connection, { set: withoutGrant(connection.id, 'disconnected') }),
    remove: (connection) => remove(here, connection),
  }
}

function withoutGrant(id: number, status: 'pending' | 'disconnected'): Attributes {
  return { status: text(status), group: writeGroup(id, status), ...FORGOTTEN_GRANT }
}

async function create(
  { client, table }: ConnectionsTable,
  connection: Parameters<Connections['create']>[0],
  createdAt: Date,
): Promise<Connection> {
  const item = itemOf({
    accountId: text(connection.accountId),
    name: text(connection.name),
    description: text(connection.description),
    resource: text(connection.resource),
    format: number(ITEM_FORMAT),
    status: text('pending'),
    generation: number(0),
    createdAt: time(createdAt),
  })
  for (;;) {
    const id = randomInt(1, ID_LIMIT)
    const ids = { ...connectionKey(id), connectionId: number(id) }
    const stored = { ...ids, group: writeGroup(id, 'pending'), ...item }
    const put = new PutItemCommand({
      TableName: table,
      Item: stored,
      ConditionExpression: 'attribute_not_exists(pk)',
    })
    if (await answeredIf(client.send(put))) return connectionFromItem(stored)
  }
}

async function read(
  { client, table }: ConnectionsTable,
  accountId: string,
  connectionId: number,
): Promise<Connection | undefined> {
  const key = { TableName: table, Key: connectionKey(connectionId), ConsistentRead: true }
  const { Item: item } = await answered(client.send(new GetItemCommand(key)))
  const connection = item && connectionFromItem(item)
  return connection?.accountId === accountId ? connection : undefined
}

async function update(
  { client, table }: ConnectionsTable,
  connection: Pick<Connection, 'id' | 'accountId'>,
  { set, condition }: { readonly set: Attributes; readonly condition?: string },
): Promise<Connection | undefined> {
  const command = new UpdateItemCommand({
    TableName: table,
    Key: connectionKey(connection.id),
    ReturnValues: 'ALL_NEW',
    ...updateExpressions({
      set,
      condition: condition ? `${isStillThere} AND ${condition}` : isStillThere,
      values: { accountId: text(connection.accountId) },
    }),
  })
  const answer = await answeredIf(client.send(command))
  return answer?.Attributes && connectionFromItem(answer.Attributes)
}

function relabel(
  here: ConnectionsTable,
  connection: Connection,
  labels: ConnectionLabels,
): Promise<Connection | undefined> {
  const set = {
    ...(labels.name === undefined ? {} : { name: text(labels.name) }),
    ...('description' in labels ? { description: text(labels.description) } : {}),
  }
  const nothingToDo = Object.keys(set).length === 0
  return nothingToDo
    ? read(here, connection.accountId, connection.id)
    : update(here, connection, { set })
}

async function remove(
  { client, table }: ConnectionsTable,
  connection: Connection,
): Promise<boolean> {
  const command = new DeleteItemCommand({
    TableName: table,
    Key: connectionKey(connection.id),
    ConditionExpression: isStillThere,
    ExpressionAttributeNames: { '#accountId': 'accountId' },
    ExpressionAttributeValues: { ':accountId': text(connection.accountId) },
  })
  return (await answeredIf(client.send(command))) !== undefined
}
