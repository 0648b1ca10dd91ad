import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { ensureTables, TABLE_NAMES } from '../../../infra/local/dynamodb.ts'
import type { StoredItem } from './fast-store.ts'
import { keyringOf } from './keyring.ts'
import { type Store, seedDue } from './seed.ts'

type Item = Readonly<Record<string, AttributeValue>>

const ITEMS = 256

/** Items of connections exactly as the product's adapters store them, in DynamoDB's JSON. */
export async function marshalledItems(key: string): Promise<readonly StoredItem[]> {
  const items = await capturedItems(key, ITEMS)
  return items.map((item) => ({
    pk: item.pk?.S ?? '',
    json: JSON.stringify(item, bytesAsBase64),
  }))
}

/** So many of these items as the SDK reads them. */
export async function capturedItems(key: string, count: number): Promise<readonly Item[]> {
  const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  })
  const store = { client, table: TABLE_NAMES.connections }
  try {
    await ensureTables(client)
    const ids = await seedDue(store, keyringOf(key), count)
    return await Promise.all(ids.map((id) => readItem(store, `connection#${id}`)))
  } finally {
    client.destroy()
    server.close()
  }
}

async function readItem({ client, table }: Store, pk: string): Promise<Item> {
  const get = new GetItemCommand({ TableName: table, Key: { pk: { S: pk } } })
  const { Item = {} } = await client.send(get)
  return Item
}

function bytesAsBase64(_name: string, value: unknown): unknown {
  const bytes = (value as AttributeValue | undefined)?.B
  return bytes instanceof Uint8Array ? { B: Buffer.from(bytes).toString('base64') } : value
}
