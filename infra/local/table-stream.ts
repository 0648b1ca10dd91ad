import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { APP_BREAKER_KEY, CONNECTION_KEY_PREFIX } from '../../functions/adapters/table-schema.ts'
import { listenLocally } from './local-server.ts'
import { readBody } from './request-body.ts'
import { createStreamRecords, type Deliver, type WireItem } from './stream-records.ts'

/** A DynamoDB that tells of writes to one table. */
export interface TableStream {
  /** Where to reach DynamoDB so that it is told. */
  readonly url: string
  /** From now on it is told, also of what was written before. */
  wake(deliver: Deliver): void
  /** Resolves when everything is told that was written until now. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface TableStreamOptions {
  readonly dynamodbUrl: string
  readonly table: string
  readonly log: (line: string) => void
}

/** DynamoDB takes no larger request. */
const REQUEST_LIMIT_BYTES = 16 * 1024 * 1024

const API = 'DynamoDB_20120810.'
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'].map((operation) => `${API}${operation}`)

/** What DynamoDB needs of a request beside its body, and its caller of the answer. */
const REQUEST_HEADERS = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target']
const ANSWER_HEADERS = ['content-type', 'x-amz-crc32', 'x-amzn-requestid']

interface Call {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface Answer extends Call {
  readonly status: number
}

/**
 * Stands in front of a DynamoDB without streams and tells of every write that may concern the state of a
 * connection or of the app credential. Each such item is written once at a time, and read before and
 * after; the writer does not wait to be told of. Writes of several items at once are not told: no
 * function makes any.
 */
export async function startTableStream(options: TableStreamOptions): Promise<TableStream> {
  const { dynamodbUrl, table, log } = options
  const records = createStreamRecords(log)
  const turns = createTurns()
  const send = (call: Call) => sendTo(dynamodbUrl, call)

  const write = async (call: Call, pk: string, response: ServerResponse): Promise<void> => {
    const read = () => readItem(send, call, { table, pk })
    const before = await read()
    const answer = await send(call)
    reply(response, answer)
    if (answer.status !== 200) return
    const after = await read()
    if (!isDeepStrictEqual(before, after)) records.add({ pk, before, after })
  }
  const pass = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(message, REQUEST_LIMIT_BYTES)
    if (body === 'too_large') return reply(response, { status: 413, headers: {}, body: EMPTY })
    const call = { headers: pick(message.headers, REQUEST_HEADERS), body }
    const pk = writtenKey(call, table)
    if (pk === undefined) return reply(response, await send(call))
    await turns.take(pk, () => write(call, pk, response))
  }
  const server = await listenLocally(0, (message, response) => {
    pass(message, response).catch((error: unknown) => {
      log(`the stream of ${table} missed a write: ${String(error)}`)
      if (!response.headersSent) response.destroy()
    })
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    wake: records.wake,
    settled: async () => {
      await turns.over()
      await records.settled()
    },
    close: () => server.close(),
  }
}

const EMPTY = Buffer.alloc(0)

/** The key of the item that a call writes to; `undefined` when that need not be told. */
function writtenKey({ headers, body }: Call, table: string): string | undefined {
  if (!WRITES.includes(headers['x-amz-target'] ?? '')) return undefined
  const input = JSON.parse(body.toString('utf8')) as {
    readonly TableName?: string
    readonly Item?: WireItem
    readonly Key?: WireItem
  }
  const pk = (input.Key ?? input.Item)?.pk?.S ?? ''
  const isTold = pk.startsWith(CONNECTION_KEY_PREFIX) || pk === APP_BREAKER_KEY
  return input.TableName === table && isTold ? pk : undefined
}

/** Reads with the headers of another call: a DynamoDB without streams is one that checks no signature. */
async function readItem(
  send: (call: Call) => Promise<Answer>,
  { headers }: Call,
  { table, pk }: { readonly table: string; readonly pk: string },
): Promise<WireItem | undefined> {
  const input = { TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true }
  const { status, body } = await send({
    headers: { ...headers, 'x-amz-target': `${API}GetItem` },
    body: Buffer.from(JSON.stringify(input)),
  })
  if (status !== 200) throw new Error(`${pk} could not be read`)
  return (JSON.parse(body.toString('utf8')) as { readonly Item?: WireItem }).Item
}

async function sendTo(url: string, { headers, body }: Call): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  return {
    status: response.status,
    headers: pick(Object.fromEntries(response.headers), ANSWER_HEADERS),
    body: Buffer.from(await response.arrayBuffer()),
  }
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const picked = names.map((name) => [name, headers[name]] as const)
  return Object.fromEntries(picked.filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers)
  response.end(body)
}

/** Lets those who want the same key have it one after the other. */
function createTurns() {
  const last = new Map<string, Promise<void>>()
  return {
    take: (key: string, work: () => Promise<void>): Promise<void> => {
      const mine = (last.get(key) ?? Promise.resolve()).then(work)
      // Whoever is next does not mind how this one ended.
      const over = mine.catch(() => undefined)
      last.set(key, over)
      void over.then(() => last.get(key) === over && last.delete(key))
      return mine
    },
    over: async (): Promise<void> => {
      await Promise.all(last.values())
    },
  }
}
