import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { WireRequest } from '../../support/lambda/step-names.ts'
import type { WireAnswer } from '../../support/lambda/wire.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'

/** Everything that functions call, over TLS at one address, and as fast as memory. */
export interface RecordedBackend {
  readonly url: string
  /** Names the calls since the last time, in order. */
  takeCalls(): readonly string[]
  close(): void
}

/**
 * Asks `origin` what it has not been asked before, and answers from memory what it has: so that only
 * the first start waits for a store, and every later one meets the same world.
 */
export async function startRecordedBackend(
  origin: (request: WireRequest, address: string) => Promise<WireAnswer>,
): Promise<RecordedBackend> {
  const known = new Map<string, WireAnswer>()
  let calls: string[] = []
  const answerTo = async (request: WireRequest): Promise<WireAnswer> => {
    const [name, ...details] = keyOf(request)
    calls.push(name)
    const exact = [name, ...details].join(' ')
    // What is written under a random key is answered alike each time.
    const answer = known.get(exact) ?? known.get(name) ?? (await origin(request, url))
    known.set(exact, answer)
    if (isWriteUnderRandomKey(request)) known.set(name, answer)
    return answer
  }
  const { keyPem: key, pem: cert } = selfSigned()
  const server = createServer({ key, cert, keepAliveTimeout: 60_000 }, (incoming, response) => {
    void serve(incoming, response, answerTo)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `https://127.0.0.1:${port}`
  return {
    url,
    takeCalls: () => {
      const taken = calls
      calls = []
      return taken
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  answerTo: (request: WireRequest) => Promise<WireAnswer>,
): Promise<void> {
  const { method = 'GET', url: target = '/', headers } = incoming
  const body = String(await buffer(incoming))
  try {
    const answer = await answerTo({ method, target, headers, body })
    const length = { 'content-length': answer.body.length }
    response.writeHead(answer.status, { ...answer.headers, ...length }).end(answer.body)
  } catch {
    response.destroy()
  }
}

/** What a call is known by: its name first, then what tells it from others of that name. */
function keyOf({ method, target, headers, body }: WireRequest): readonly [string, ...string[]] {
  const operation = headers['x-amz-target']
  if (operation === undefined) {
    const [path = ''] = target.split('?')
    return [`${method} ${path}`, headers.authorization === undefined ? '' : 'with a token']
  }
  const input: Readonly<Record<string, unknown>> = JSON.parse(body)
  const [, name = ''] = String(operation).split('.')
  if (input.SecretId !== undefined) return [name, JSON.stringify(input)]
  const { TableName, Key, Keys, RequestItems, UpdateExpression } = input
  const about = { Key, Keys, RequestItems, UpdateExpression }
  return [`${name} ${TableName ?? ''}`.trim(), JSON.stringify(about)]
}

function isWriteUnderRandomKey({ headers }: WireRequest): boolean {
  return String(headers['x-amz-target']).endsWith('.PutItem')
}
