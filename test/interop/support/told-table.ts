import { randomUUID } from 'node:crypto'
import { DescribeTableCommand, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDBRecord } from 'aws-lambda'
import { onTestFinished } from 'vitest'
import type { ToldTable } from '../../contract/state-events-contract.ts'
import type { TestDynamodb } from '../../support/dynamodb.ts'
import { overTheWire } from '../../support/stream-record.ts'

/** An item that is no part of the product: once the stream tells of it, it has told all before it. */
const MARK = 'mark#'

/** The table with a stream as the stack makes it, read by one test from now on. */
export async function toldTable(dynamodb: TestDynamodb): Promise<ToldTable> {
  const { client, connectionsTable: table } = dynamodb
  const stream = await openStream(dynamodb)
  const take = async () => {
    const mark = `${MARK}${randomUUID()}`
    await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: mark } } }))
    const records: _Record[] = []
    while (!records.some((record) => pkOf(record) === mark)) records.push(...(await stream.read()))
    return records.filter((record) => !pkOf(record).startsWith(MARK)).map(asLambdaHasIt)
  }
  await take()
  return { client, table, take }
}

async function openStream({ client, connectionsTable }: TestDynamodb) {
  const StreamArn = await enabledStream({ client, connectionsTable })
  const { region, credentials } = client.config
  const endpoint = process.env.DYNAMODB_ENDPOINT ?? ''
  const streams = new DynamoDBStreamsClient({ endpoint, region, credentials })
  onTestFinished(() => streams.destroy())
  const lastOf = new Map<string, string>()

  const iteratorOf = async (ShardId: string) => {
    const last = lastOf.get(ShardId)
    const where =
      last === undefined
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: last } as const)
    const command = new GetShardIteratorCommand({ StreamArn, ShardId, ...where })
    return (await streams.send(command)).ShardIterator
  }
  const readShard = async (ShardId: string) => {
    const command = new GetRecordsCommand({ ShardIterator: await iteratorOf(ShardId) })
    const { Records = [] } = await streams.send(command)
    const last = Records.at(-1)?.dynamodb?.SequenceNumber
    if (last) lastOf.set(ShardId, last)
    return Records
  }
  return {
    /** What it told since the last time, or the first of it. */
    read: async () => {
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
      const shards = StreamDescription?.Shards ?? []
      const read = await Promise.all(shards.map(({ ShardId = '' }) => readShard(ShardId)))
      return read.flat()
    },
  }
}

async function enabledStream({
  client,
  connectionsTable: TableName,
}: Pick<TestDynamodb, 'client' | 'connectionsTable'>): Promise<string> {
  const StreamSpecification = {
    StreamEnabled: true,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  } as const
  const described = await client.send(new DescribeTableCommand({ TableName }))
  if (described.Table?.LatestStreamArn) return described.Table.LatestStreamArn
  const update = new UpdateTableCommand({ TableName, StreamSpecification })
  const { TableDescription } = await client.send(update)
  if (!TableDescription?.LatestStreamArn) throw new Error('the table got no stream')
  return TableDescription.LatestStreamArn
}

function pkOf(record: _Record): string {
  return record.dynamodb?.Keys?.pk?.S ?? ''
}

/** Times as numbers and binary values in base64, as in the event that wakes a function. */
function asLambdaHasIt(record: _Record): DynamoDBRecord {
  const { ApproximateCreationDateTime: at, ...stored } = record.dynamodb ?? {}
  const seconds = (at?.getTime() ?? Number.NaN) / 1000
  const dynamodb = { ...stored, ApproximateCreationDateTime: seconds }
  return overTheWire({ ...record, dynamodb }) as DynamoDBRecord
}
