import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { functionArn, type Invocation, type LambdaRuntime } from './lambda-runtime.ts'
import { readBody } from './request-body.ts'

interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: unknown
}

/** Lambda takes no larger payload of a synchronous call. */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024

/** How programs of this machine call it. */
const OWN_NAMES = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(\?|$)/

/**
 * Answers Lambda's own Invoke operation with functions in this process.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createInvokeApi(runtime: LambdaRuntime): RequestListener {
  return (message, response) => {
    replyTo(runtime, message)
      .then((reply) => send(reply, response))
      .catch(() => response.destroy())
  }
}

async function replyTo(runtime: LambdaRuntime, message: IncomingMessage): Promise<Reply> {
  if (isOfPage(message)) return failure(403, 'AccessDeniedException', 'no page may ask here')
  const [, name] = INVOCATIONS.exec(message.url ?? '') ?? []
  if (message.method !== 'POST' || name === undefined) {
    return failure(404, 'UnknownOperationException', 'only Invoke is answered here')
  }
  const body = await readBody(message, PAYLOAD_LIMIT_BYTES)
  if (body === 'too_large') return failure(413, 'RequestTooLargeException', 'payload too large')
  const event = parse(body)
  if (event === undefined) {
    return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json')
  }
  return invoke(runtime, functionNameOf(decodeURIComponent(name)), {
    event: event.value,
    type: message.headers['x-amz-invocation-type'] ?? 'RequestResponse',
  })
}

/**
 * Nobody is asked for a signature here, so that a page of any site, open in a browser of this machine, could
 * invoke functions. It comes with its origin, or, where its site's name was made to lead here, with that name.
 */
function isOfPage({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || !OWN_NAMES.test(headers.host ?? '')
}

interface InvokeRequest {
  readonly event: unknown
  readonly type: string | readonly string[]
}

async function invoke(
  runtime: LambdaRuntime,
  functionName: string,
  { event, type }: InvokeRequest,
): Promise<Reply> {
  const invocation = runtime.invoke(functionName, event)
  if (type !== 'Event') return synchronousReply(await invocation, functionName)
  // An asynchronous call is answered at once, and only an unknown function is refused in time.
  const settled = await Promise.race([invocation, Promise.resolve(undefined)])
  return settled?.outcome === 'no_such_function'
    ? synchronousReply(settled, functionName)
    : { status: 202 }
}

function synchronousReply(invocation: Invocation, functionName: string): Reply {
  const headers = { 'x-amz-executed-version': '$LATEST' }
  switch (invocation.outcome) {
    case 'returned':
      return { status: 200, headers, payload: invocation.payload }
    case 'failed':
      return {
        status: 200,
        headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
        payload: { errorType: invocation.errorType, errorMessage: invocation.errorMessage },
      }
    case 'no_such_function':
      return failure(
        404,
        'ResourceNotFoundException',
        `Function not found: ${functionArn(functionName)}`,
      )
  }
}

function failure(status: number, type: string, message: string): Reply {
  return {
    status,
    headers: { 'x-amzn-errortype': type },
    payload: { Type: 'User', Message: message },
  }
}

/** A function is named plainly, by its ARN or by a part of it, each with or without a qualifier. */
function functionNameOf(identifier: string): string {
  const [, afterKeyword] = /(?:^|:)function:([^:]+)/.exec(identifier) ?? []
  const [plain = identifier] = identifier.split(':')
  return afterKeyword ?? plain
}

function parse(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: body.length === 0 ? {} : JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}

function send({ status, headers, payload }: Reply, response: ServerResponse): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...headers,
  })
  response.end(payload === undefined ? undefined : JSON.stringify(payload))
}
