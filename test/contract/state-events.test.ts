import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, expect } from 'vitest'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { streamRecord } from '../support/stream-record.ts'
import { stateEventsContract, type ToldTable } from './state-events-contract.ts'

type Items = ReadonlyMap<string, Record<string, AttributeValue>>

let dynamodb: TestDynamodb
beforeAll(async () => {
  dynamodb = await startDynamodb()
  return dynamodb.stop
})

let sequence = 0

/** A table without a stream: what differs from the last time was written since, each item once. */
stateEventsContract('DynamoDB', async (): Promise<ToldTable> => {
  const { client, connectionsTable: table } = dynamodb
  let before = await itemsOf(dynamodb)
  const take = async () => {
    const was = before
    const is = await itemsOf(dynamodb)
    before = is
    const keys = [...new Set([...was.keys(), ...is.keys()])]
    return keys
      .filter((pk) => !equal(was.get(pk), is.get(pk)))
      .map((pk) => {
        sequence += 1
        return streamRecord({ before: was.get(pk), after: is.get(pk), sequence })
      })
  }
  return { client, table, take }
})

async function itemsOf({ client, connectionsTable }: TestDynamodb): Promise<Items> {
  const scan = new ScanCommand({ TableName: connectionsTable, ConsistentRead: true })
  const { Items = [], LastEvaluatedKey } = await client.send(scan)
  expect(LastEvaluatedKey).toBeUndefined()
  return new Map(Items.map((item) => [item.pk?.S ?? '', item]))
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
