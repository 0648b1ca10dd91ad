import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import type { TableSchema } from '../../../functions/adapters/table-schema.ts'
import type { WireAnswer, WireRequest } from './wire-server.ts'

/** A DynamoDB in memory, with a way in that no fault can reach. */
export interface Dynamodb {
  readonly client: DynamoDBClient
  /** Hands a request on as it came. */
  forward(request: WireRequest): Promise<WireAnswer>
  createTable(name: string, schema: TableSchema): Promise<void>
  /** Every item, with its bytes also as text. */
  dump(table: string): Promise<string>
  close(): Promise<void>
}

/** Starts it on this machine. */
export async function startDynamodb(): Promise<Dynamodb> {
  const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  return {
    client,
    forward: (request) => forward({ port, agent }, request),
    createTable: (name, schema) => createTable(client, name, schema),
    dump: (table) => dumpTable(client, table),
    close: async () => {
      client.destroy()
      agent.destroy()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** What a request to DynamoDB does, in the words of the product. */
export function dynamodbOperation({ headers, body }: WireRequest): {
  readonly table: string
  readonly operation: string
} {
  const [, call = ''] = String(headers['x-amz-target']).split('.')
  const input = JSON.parse(body) as Record<string, unknown>
  const [table = ''] = Object.keys(input.RequestItems ?? {})
  const pk = pkOf(input.Key) ?? pkOf(input.Item) ?? ''
  const operation = OPERATIONS.find(
    (known) => known.call === call && known.pk.test(pk) && known.mark.test(body),
  )
  return { table: String(input.TableName ?? table), operation: operation?.name ?? call }
}

interface Operation {
  readonly name: string
  readonly call: string
  readonly pk: RegExp
  readonly mark: RegExp
}

const operation = (name: string, call: string, where: Partial<Operation> = {}): Operation => ({
  name,
  call,
  pk: /^/,
  mark: /^/,
  ...where,
})

const OPERATIONS: readonly Operation[] = [
  operation('read', 'GetItem', { pk: /^connection#/ }),
  operation('brakes', 'BatchGetItem', { mark: /brake#app/ }),
  operation('context', 'BatchGetItem', { mark: /sign-in-token#/ }),
  // As a sweep reads: many in one call.
  operation('read', 'BatchGetItem', { mark: /"connection#/ }),
  operation('claim', 'PutItem', { pk: /^claim#/ }),
  operation('hold', 'PutItem', { pk: /^brake#tenant/ }),
  operation('open breaker', 'PutItem', { pk: /^brake#app/ }),
  operation('begin', 'PutItem', { pk: /^authorization-request#/ }),
  operation('probe', 'UpdateItem', { pk: /^brake#app/ }),
  operation('close breaker', 'DeleteItem', { pk: /^brake#app/ }),
  operation('connect', 'UpdateItem', { pk: /^connection#/, mark: /#environment/ }),
  operation('store', 'UpdateItem', { pk: /^connection#/, mark: /#tokenSet = :/ }),
  operation('postpone', 'UpdateItem', { pk: /^connection#/, mark: /#failure = :/ }),
  operation('require sign-in', 'UpdateItem', { pk: /^connection#/, mark: /#status = :status/ }),
  operation('set aside', 'UpdateItem', { pk: /^connection#/ }),
  operation('consume', 'UpdateItem', { mark: /consumedBy = :/ }),
  operation('complete', 'UpdateItem', { mark: /#result = :/ }),
  operation('spend', 'UpdateItem', { mark: /SET spentBy/ }),
  operation('restore', 'UpdateItem', { mark: /REMOVE spentBy/ }),
  operation('due', 'Query'),
]

function pkOf(key: unknown): string | undefined {
  const pk = (key as Record<string, { readonly S?: string }> | undefined)?.pk
  return pk?.S
}

async function forward(
  upstream: { readonly port: number; readonly agent: Agent },
  { method, url, headers, body }: WireRequest,
): Promise<WireAnswer> {
  const to = { host: '127.0.0.1', ...upstream, method, path: url, headers }
  const sent = httpRequest(to)
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  const { 'content-type': type = 'application/x-amz-json-1.0' } = answer.headers
  return {
    status: answer.statusCode ?? 500,
    headers: { 'content-type': type },
    body: Buffer.concat(chunks),
  }
}

async function createTable(
  client: DynamoDBClient,
  name: string,
  { partitionKey, indexes }: TableSchema,
): Promise<void> {
  const keys = indexes.flatMap((index) => [index.partitionKey, index.sortKey])
  const create = new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' },
      ...keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
    ],
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: [
          { AttributeName: index.partitionKey.name, KeyType: 'HASH' as const },
          { AttributeName: index.sortKey.name, KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'ALL' as const },
      })),
    }),
  })
  await client.send(create)
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
    if (Table?.TableStatus === 'ACTIVE') return
  }
}

/** Every item of the table, a line each. */
export async function dumpTable(client: DynamoDBClient, table: string): Promise<string> {
  const lines: string[] = []
  let from: Record<string, never> | undefined
  do {
    const scan = new ScanCommand({ TableName: table, ...(from && { ExclusiveStartKey: from }) })
    const page = await client.send(scan)
    for (const item of page.Items ?? []) lines.push(JSON.stringify(item, withBytes))
    from = page.LastEvaluatedKey as Record<string, never> | undefined
  } while (from !== undefined)
  return lines.join('\n')
}

/** Bytes in the form in which DynamoDB sends them, and as the text that they may be. */
function withBytes(_name: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value
  const bytes = Buffer.from(value)
  return { base64: bytes.toString('base64'), latin1: bytes.toString('latin1') }
}
