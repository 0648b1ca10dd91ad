import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CONNECTIONS_TABLE } from '../../../../functions/adapters/table-schema.ts'
import { ensureTables, startDynamodb, TABLE_NAMES } from '../../../../infra/local/dynamodb.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function dynamodb(folder = temporaryFolder('dynamodb')) {
  const { url, close: stop } = await startDynamodb(folder)
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  let open = true
  const close = async () => {
    client.destroy()
    if (open) await stop()
    open = false
  }
  onTestFinished(close)
  return { client, folder, close }
}

describe('the local DynamoDB', () => {
  test('gets both tables with their indexes, as the schema has them', async () => {
    const { client } = await dynamodb()
    await ensureTables(client)
    const describeTable = async (TableName: string) =>
      (await client.send(new DescribeTableCommand({ TableName }))).Table
    expect(await describeTable(TABLE_NAMES.signIns)).toMatchObject({ TableStatus: 'ACTIVE' })
    const table = await describeTable(TABLE_NAMES.connections)
    expect(table?.KeySchema).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }])
    const defined = table?.AttributeDefinitions?.map(({ AttributeName }) => AttributeName)
    const keys = ['pk', 'due', 'nextRefreshAt', 'accountId', 'connectionId', 'status']
    expect(defined).toEqual(keys)
    const projections = table?.GlobalSecondaryIndexes?.map((index) => [
      index.IndexName,
      index.Projection,
    ])
    expect(Object.fromEntries(projections ?? [])).toEqual({
      due: { ProjectionType: 'KEYS_ONLY' },
      account: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
      status: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['reason'] },
    })
  })

  test('finds what is due in order of time', async () => {
    const { client } = await dynamodb()
    await ensureTables(client)
    for (const [pk, time] of [
      ['late', '20'],
      ['early', '10'],
    ] as const) {
      const Item = { pk: { S: pk }, due: { N: '0' }, nextRefreshAt: { N: time } }
      await client.send(new PutItemCommand({ TableName: TABLE_NAMES.connections, Item }))
    }
    const { Items } = await client.send(
      new QueryCommand({
        TableName: TABLE_NAMES.connections,
        IndexName: 'due',
        KeyConditionExpression: 'due = :due',
        ExpressionAttributeValues: { ':due': { N: '0' } },
      }),
    )
    expect(Items?.map(({ pk }) => pk?.S)).toEqual(['early', 'late'])
  })

  test('keeps tables and items over a restart', async () => {
    const before = await dynamodb()
    await ensureTables(before.client)
    const Item = { pk: { S: 'connection#1' } }
    await before.client.send(new PutItemCommand({ TableName: TABLE_NAMES.connections, Item }))
    await before.close()
    const { client } = await dynamodb(before.folder)
    await ensureTables(client)
    const get = new GetItemCommand({ TableName: TABLE_NAMES.connections, Key: Item })
    expect((await client.send(get)).Item).toEqual(Item)
  })

  test('a table of an older version is told, not used', async () => {
    const { client } = await dynamodb()
    await client.send(
      new CreateTableCommand({
        TableName: TABLE_NAMES.connections,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    )
    await expect(ensureTables(client)).rejects.toThrow('lacks the index due, account')
  })

  test('so is one whose index carries less than it does now', async () => {
    const { client } = await dynamodb()
    const { indexes } = CONNECTIONS_TABLE
    const keys = indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
    const attributes = new Map(keys.map((key) => [key.name, key.type] as const))
    await client.send(
      new CreateTableCommand({
        TableName: TABLE_NAMES.connections,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          ...[...attributes].map(([AttributeName, AttributeType]) => ({
            AttributeName,
            AttributeType,
          })),
        ],
        GlobalSecondaryIndexes: indexes.map(({ name, partitionKey, sortKey }) => ({
          IndexName: name,
          KeySchema: [
            { AttributeName: partitionKey.name, KeyType: 'HASH' },
            { AttributeName: sortKey.name, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        })),
      }),
    )
    await expect(ensureTables(client)).rejects.toThrow('lacks the index account, status:')
  })
})
