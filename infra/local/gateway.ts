import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { httpEvent, splitTarget } from './http-event.ts'
import { answerOf, gatewayAnswer, type HttpAnswer } from './http-result.ts'
import type { LambdaRuntime } from './lambda-runtime.ts'
import { readBody } from './request-body.ts'
import { createRouteTable, type RouteTable } from './route-table.ts'

/** A request to a page that only the local gateway serves, beside the routes of the service. */
export interface LocalPageRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly cookie: string
  readonly form: URLSearchParams
}

/** Serves pages of its own. @returns `undefined` for what is not one of them. */
export type LocalPages = (request: LocalPageRequest) => Promise<HttpAnswer> | undefined

/** What the gateway stands in front of. */
export interface GatewayOptions {
  readonly runtime: LambdaRuntime
  readonly routes: RouteTable
  /** Where the service is reached from outside; its host is the domain name in events. */
  readonly publicUrl: string
  readonly pages?: LocalPages
  readonly log?: (line: string) => void
}

/** A larger request never reaches a function. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024

/** Plays an API Gateway HTTP API in front of functions in this process. */
export function createGateway(options: GatewayOptions): RequestListener {
  const routeOf = createRouteTable(options.routes)
  return (message, response) => {
    const started = performance.now()
    answer(options, routeOf, message)
      .then((reply) => {
        send(reply, response)
        options.log?.(accessLine(message, reply, performance.now() - started))
      })
      .catch((error: unknown) => {
        options.log?.(`the gateway could not answer: ${String(error)}`)
        response.destroy()
      })
  }
}

async function answer(
  { runtime, publicUrl, pages }: GatewayOptions,
  routeOf: ReturnType<typeof createRouteTable>,
  message: IncomingMessage,
): Promise<HttpAnswer> {
  const body = await readBody(message, BODY_LIMIT_BYTES)
  if (body === 'too_large') return gatewayAnswer(413, 'Request Entity Too Large')
  const page = await pages?.(pageRequest(message, body))
  if (page !== undefined) return page
  const route = routeOf(message.method ?? 'GET', splitTarget(message.url ?? '/').path)
  if (route === undefined) return gatewayAnswer(404, 'Not Found')
  const event = httpEvent({ message, body, route, publicUrl })
  return answerOf(await runtime.invoke(route.functionName, event))
}

function pageRequest(message: IncomingMessage, body: Buffer): LocalPageRequest {
  const { path, query } = splitTarget(message.url ?? '/')
  return {
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    cookie: message.headers.cookie ?? '',
    form: new URLSearchParams(body.toString('utf8')),
  }
}

function send(reply: HttpAnswer, response: ServerResponse): void {
  const cookies = reply.cookies.length > 0 ? { 'set-cookie': [...reply.cookies] } : {}
  response.writeHead(reply.status, { ...reply.headers, ...cookies })
  response.end(reply.body)
}

/** Never the query: a sign-in link's holds its token, a callback's a code. */
function accessLine(message: IncomingMessage, reply: HttpAnswer, elapsedMs: number): string {
  const { path } = splitTarget(message.url ?? '/')
  return `${message.method} ${path} ${reply.status} ${Math.round(elapsedMs)} ms`
}
