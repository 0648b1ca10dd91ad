import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { portOf } from '../../../infra/local/local-server.ts'

/** One request as it came over the wire. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface TinyServer {
  readonly url: string
  readonly received: readonly Received[]
}

/** Answers as told; an answerer that does nothing leaves the caller hanging. */
export type Answerer = (request: Received, response: ServerResponse) => unknown

/** A server of one test. */
export async function tinyServer(answer: Answerer): Promise<TinyServer> {
  const received: Received[] = []
  const server = createServer(async (message, response) => {
    const { method = '', url: path = '', headers } = message
    const request = { method, path, headers, body: (await buffer(message)).toString('utf8') }
    received.push(request)
    await answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${portOf(server)}`, received }
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Goes as JSON; a text goes as it is. */
  readonly body?: unknown
}

/** Sends a whole answer, JSON unless its headers say otherwise. */
export function send(response: ServerResponse, { status = 200, headers, body = '' }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
