import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { PlainHeaders, WholeAnswer } from './whole-answer.ts'

/** How long one outbound call may take, from connecting to the last byte. */
const TIMEOUT_MS = 5 * 1000

/** More than any answer that is read here; whatever is longer is not one. */
const BODY_LIMIT_BYTES = 256 * 1024

const UTF_8 = new TextDecoder()

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8'

/** `node:https` costs a third of the processor time of the global `fetch`, and loads faster. */
const CLIENTS = {
  'http:': { send: httpRequest, agent: new HttpAgent({ keepAlive: true }) },
  'https:': { send: httpsRequest, agent: new HttpsAgent({ keepAlive: true }) },
} as const

/** What a call may say; a subset of `fetch`'s own. */
export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | URLSearchParams | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * A call whose answer is read whole, within the time and size that are allowed, and that follows no
 * redirect.
 * @throws TypeError, TimeoutError or AbortError when there is no answer within these bounds.
 */
export async function outboundFetch(url: string, request: OutboundRequest = {}): Promise<Response> {
  const call = boundedCall(request.signal)
  try {
    return await attempt(new URL(url), { ...request, call })
  } catch (error) {
    if (call.hasEnded()) throw call.reason()
    throw new TypeError('there was no whole answer', { cause: error })
  } finally {
    call.settle()
  }
}

/** One call, which ends at its time or when the caller wants. */
interface BoundedCall {
  /** Says what has to be hung up then; at once when it has ended already. */
  readonly hangUpBy: (hangUp: () => void) => void
  readonly hasEnded: () => boolean
  readonly reason: () => unknown
  /** Is over: nothing has to be hung up any more. */
  readonly settle: () => void
}

/** A timer and a listener cost a quarter of `AbortSignal.any`, `AbortSignal.timeout` and `{ signal }`. */
function boundedCall(signal: AbortSignal | undefined): BoundedCall {
  let ended: { readonly reason: unknown } | undefined
  let hangUp: (() => void) | undefined
  const end = (reason: unknown): void => {
    ended ??= { reason }
    hangUp?.()
  }
  const onAbort = (): void => end(signal?.reason)
  const onTime = (): void => end(new DOMException('no answer in time', 'TimeoutError'))
  const timer = setTimeout(onTime, TIMEOUT_MS)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  return {
    hangUpBy: (how) => {
      hangUp = how
      if (ended) how()
    },
    hasEnded: () => ended !== undefined,
    reason: () => ended?.reason,
    settle: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}

type BoundedRequest = OutboundRequest & { readonly call: BoundedCall }

/** Tries again once when a kept connection had been closed by the other side, as after a freeze. */
async function attempt(url: URL, request: BoundedRequest): Promise<Response> {
  try {
    return await send(url, request)
  } catch (error) {
    if (!(error instanceof ConnectionWasStale)) throw error
    return send(url, request)
  }
}

class ConnectionWasStale extends Error {
  override readonly name = 'ConnectionWasStale'
}

function send(url: URL, request: BoundedRequest): Promise<Response> {
  const { method = 'GET', call } = request
  const body = request.body === undefined ? undefined : String(request.body)
  const { send: open, agent } = CLIENTS[url.protocol === 'http:' ? 'http:' : 'https:']
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const headers = headersOf(request, body)
  let hasBegun = false
  const outgoing = open(url, { method, headers, agent }, (incoming) => {
    hasBegun = true
    readWhole(incoming).then(resolve, (error: unknown) => {
      reject(error)
      incoming.destroy()
    })
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // An answer that has begun tells of its own end.
    if (hasBegun) return
    const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET'
    reject(isStale ? new ConnectionWasStale('closed', { cause: error }) : error)
  })
  call.hangUpBy(() => {
    outgoing.destroy(new Error('ended'))
    if (!hasBegun) reject(new Error('ended'))
  })
  outgoing.end(body)
  return promise
}

function headersOf(request: OutboundRequest, body: string | undefined): Record<string, string> {
  const isForm = request.body instanceof URLSearchParams
  return {
    ...(isForm ? { 'content-type': FORM } : {}),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...request.headers,
  }
}

async function readWhole(incoming: IncomingMessage): Promise<Response> {
  const status = incoming.statusCode ?? 0
  const content = await readContent(incoming).catch((error: unknown) => {
    // "Later" is told by status and headers, also when the words for it never come.
    if (status === 429 || status >= 500) return ''
    throw error
  })
  const headers = new PlainHeaders()
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    headers.set(name, values.join(', '))
  }
  // As much of a `Response` as is read here and by oauth4webapi.
  return new WholeAnswer(content, { status, headers }) as unknown as Response
}

function readContent(incoming: IncomingMessage): Promise<string> {
  // None was asked for.
  if (incoming.headers['content-encoding'] !== undefined) {
    return Promise.reject(new TypeError('the answer is compressed'))
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let length = 0
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk)
    else incoming.destroy(new TypeError('the answer is too long'))
  })
  incoming.on('end', () => resolve(UTF_8.decode(Buffer.concat(chunks))))
  incoming.on('error', reject)
  incoming.on('close', () => {
    if (!incoming.complete) reject(new TypeError('the answer broke off'))
  })
  return promise
}
