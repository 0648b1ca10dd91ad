import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { closeServer, portOf } from '../../../infra/local/local-server.ts'

/** How an answer comes over the wire. */
export type Timing =
  | 'at_once'
  /** The answer comes after `delayMs`. */
  | 'slow'
  /** No byte comes until the client gives up. */
  | 'silent'
  /** The head and half of the body come, then nothing until the client gives up. */
  | 'stall'
  /** The head comes, then a byte every 200 ms until the client gives up. */
  | 'drip'
  /** The connection is reset instead of an answer. */
  | 'reset'
  /** The connection is reset in the middle of the body. */
  | 'reset_midway'
  /** The server ends its side in the middle of the body. */
  | 'half_close'

/** One answer, well-behaved unless it says otherwise. */
export interface WireAnswer {
  readonly status?: number
  /** A header with several values is sent several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer
  readonly timing?: Timing
  readonly delayMs?: number
  /** Sent as it is in place of an HTTP answer. */
  readonly raw?: string
}

/** One request, read to its end. */
export interface WireRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server on this machine whose answers may break every rule. */
export interface WireServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const DRIP_MS = 200

/** Listens and answers each request as told; 0 takes any free port. */
export async function startWireServer(
  answerTo: (request: WireRequest) => Promise<WireAnswer>,
  port = 0,
): Promise<WireServer> {
  const stopped = new AbortController()
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    serve(message, response, { answerTo, stopped: stopped.signal }).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', 1024, resolve))
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    port: portOf(server),
    close: async () => {
      stopped.abort()
      server.closeAllConnections()
      await closeServer(server)
    },
  }
}

interface Serving {
  readonly answerTo: (request: WireRequest) => Promise<WireAnswer>
  readonly stopped: AbortSignal
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  { answerTo, stopped }: Serving,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { method = 'GET', url = '/', headers } = message
  const answer = await answerTo({ method, url, headers, body: await bodyOf(message) })
  await deliver(response, answer, AbortSignal.any([gone.signal, stopped]))
}

async function deliver(
  response: ServerResponse,
  answer: WireAnswer,
  ended: AbortSignal,
): Promise<void> {
  const { timing = 'at_once' } = answer
  if (timing === 'silent') return waitFor(ended)
  if (timing === 'slow') await delay(answer.delayMs ?? 1000, undefined, { signal: ended })
  if (timing === 'reset') return void response.socket?.resetAndDestroy()
  if (answer.raw !== undefined) return void response.socket?.end(answer.raw)
  const body = Buffer.from(answer.body ?? '')
  head(response, answer, body)
  if (timing === 'at_once' || timing === 'slow') return void response.end(body)
  return breakOff(response, { body, timing, ended })
}

function head(response: ServerResponse, { status = 200, headers = {} }: WireAnswer, body: Buffer) {
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value])
  }
  const hasNoBody = status === 204 || status === 304
  if (!hasNoBody) response.setHeader('content-length', body.length)
  response.writeHead(status)
}

async function breakOff(
  response: ServerResponse,
  cut: { readonly body: Buffer; readonly timing: Timing; readonly ended: AbortSignal },
): Promise<void> {
  const { body, timing, ended } = cut
  if (timing === 'drip') return drip(response, body, ended)
  response.write(body.subarray(0, Math.ceil(body.length / 2)))
  // What was written shall be on its way before the connection ends.
  await delay(20)
  if (timing === 'stall') return waitFor(ended)
  if (timing === 'half_close') response.socket?.end()
  else response.socket?.resetAndDestroy()
}

async function drip(response: ServerResponse, body: Buffer, ended: AbortSignal): Promise<void> {
  response.flushHeaders()
  for (let at = 0; at < body.length && !ended.aborted; at += 1) {
    response.write(body.subarray(at, at + 1))
    await delay(DRIP_MS, undefined, { signal: ended })
  }
  response.end()
}

function waitFor(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
