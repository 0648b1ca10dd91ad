import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dynamodbToldWrite } from '../../../../functions/adapters/dynamodb-told-write.ts'
import { ensureTables, startDynamodb, TABLE_NAMES } from '../../../../infra/local/dynamodb.ts'
import type { Deliver } from '../../../../infra/local/stream-records.ts'
import { startTableStream } from '../../../../infra/local/table-stream.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const PK = 'connection#42'

const connection = (status: string): Record<string, AttributeValue> => ({
  pk: { S: PK },
  connectionId: { N: '42' },
  accountId: { S: 'acme' },
  status: { S: status },
  format: { N: '1' },
  sealed: { B: new Uint8Array([1, 2, 254]) },
})

async function scene(deliver?: Deliver) {
  const dynamodb = await startDynamodb(temporaryFolder('stream'))
  const lines: string[] = []
  const records: DynamoDBRecord[] = []
  const stream = await startTableStream({
    dynamodbUrl: dynamodb.url,
    table: TABLE_NAMES.connections,
    log: (line) => lines.push(line),
  })
  const client = new DynamoDBClient({
    endpoint: stream.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await stream.close()
    await dynamodb.close()
  })
  await ensureTables(client)
  const wake = () =>
    stream.wake(async (event) => {
      records.push(...event.Records)
      await deliver?.(event)
    })
  const put = (Item: Record<string, AttributeValue>, TableName: string = TABLE_NAMES.connections) =>
    client.send(new PutItemCommand({ TableName, Item }))
  const told = async () => {
    await stream.settled()
    return records
  }
  return { client, lines, wake, put, told }
}

const Key = { pk: { S: PK } }
const TableName = TABLE_NAMES.connections

describe('the stream of the local table', () => {
  test('tells of each change with the item before and after it, as Lambda does', async () => {
    const { client, wake, put, told } = await scene()
    wake()
    await put(connection('pending'))
    await put(connection('connected'))
    await client.send(new DeleteItemCommand({ TableName, Key }))
    const [created, changed, removed, ...others] = await told()
    expect(others).toEqual([])
    const { sealed: _, ...rest } = connection('connected')
    const NewImage = { ...rest, sealed: { B: 'AQL+' } }
    const OldImage = { ...NewImage, status: { S: 'pending' } }
    expect(created).toMatchObject({ eventName: 'INSERT', dynamodb: { NewImage: OldImage } })
    expect(created?.dynamodb).not.toHaveProperty('OldImage')
    expect(changed).toMatchObject({
      eventName: 'MODIFY',
      dynamodb: { Keys: Key, OldImage, NewImage },
    })
    expect(removed).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: NewImage } })
    expect(removed?.dynamodb).not.toHaveProperty('NewImage')
    const after = { status: 'connected' }
    expect(dynamodbToldWrite(changed ?? {})).toMatchObject({ write: { after } })
  })

  test('numbers the changes and names each of them', async () => {
    const { wake, put, told } = await scene()
    wake()
    for (const status of ['pending', 'connected', 'disconnected']) await put(connection(status))
    const records = await told()
    const numbers = records.map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0))
    expect(numbers).toEqual(numbers.toSorted((one, other) => (one < other ? -1 : 1)))
    expect(new Set(numbers).size).toBe(3)
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3)
  })

  test('tells nothing of what the stack would not tell: renewals, other items, the other table', async () => {
    const { client, wake, put, told } = await scene()
    wake()
    await put(connection('connected'))
    await put({ ...connection('connected'), generation: { N: '2' } })
    await put({ pk: { S: 'settings' }, status: { S: 'pending' } })
    await put({ ...connection('pending') }, TABLE_NAMES.signIns)
    await client.send(new GetItemCommand({ TableName, Key }))
    expect((await told()).map(({ eventName }) => eventName)).toEqual(['INSERT'])
  })

  test('tells of the app credential', async () => {
    const { wake, put, told } = await scene()
    wake()
    await put({ pk: { S: 'brake#app' }, code: { S: 'AADSTS7000222' } })
    expect(await told()).toMatchObject([{ dynamodb: { Keys: { pk: { S: 'brake#app' } } } }])
  })

  test('answers as the table behind it does, and tells nothing of a write that was refused', async () => {
    const { client, wake, put, told } = await scene()
    wake()
    const write = put(connection('pending'))
    expect(await write).toMatchObject({ $metadata: { httpStatusCode: 200 } })
    const refused = new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET accountId = :other',
      ConditionExpression: 'accountId = :other',
      ExpressionAttributeValues: { ':other': { S: 'other' } },
    })
    await expect(client.send(refused)).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalCheckFailedException' }),
    )
    expect(await told()).toHaveLength(1)
  })

  test('lets writers of one item have it one after the other', async () => {
    const { client, wake, put, told } = await scene()
    wake()
    await put({ ...connection('pending'), count: { N: '0' } })
    const add = new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'ADD #count :one',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':one': { N: '1' } },
    })
    await Promise.all(Array.from({ length: 10 }, () => client.send(add)))
    const [, ...records] = await told()
    const steps = records.map(({ dynamodb }) => [
      Number(dynamodb?.OldImage?.count?.N),
      Number(dynamodb?.NewImage?.count?.N),
    ])
    expect(steps).toEqual(Array.from({ length: 10 }, (_, index) => [index, index + 1]))
  })

  test('begins with what was written before anybody listened', async () => {
    const { wake, put, told } = await scene()
    await put(connection('pending'))
    wake()
    await put(connection('connected'))
    expect((await told()).map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY'])
  })

  test('answers and goes on when the function fails, and says so', async () => {
    const { wake, put, told, lines } = await scene(async () => {
      throw new Error('out of order')
    })
    wake()
    await put(connection('pending'))
    await put(connection('connected'))
    expect(await told()).toHaveLength(2)
    expect(lines).toEqual(Array(2).fill(`events did not take the change of ${PK}: out of order`))
  })

  test('answers before the function is done', async () => {
    const busy = Promise.withResolvers<void>()
    const { wake, put, told } = await scene(() => busy.promise)
    wake()
    await put(connection('pending'))
    await put(connection('connected'))
    busy.resolve()
    expect(await told()).toHaveLength(2)
  })
})
