import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { LOCAL_ACCOUNT } from './lambda-runtime.ts'
import { decode, type RouteMatch } from './route-table.ts'

/** One request, read completely, and the route that it takes. */
export interface RoutedRequest {
  readonly message: IncomingMessage
  readonly body: Buffer
  readonly route: RouteMatch
  /** Where the service is reached from outside. */
  readonly publicUrl: string
}

/**
 * The event that API Gateway hands to a function in payload format 2.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpEvent({
  message,
  body,
  route,
  publicUrl,
}: RoutedRequest): APIGatewayProxyEventV2 {
  const { path, query } = splitTarget(message.url ?? '/')
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: decodedPath(path),
    rawQueryString: query,
    ...cookiesOf(message),
    headers: headersOf(message),
    ...queryParametersOf(query),
    requestContext: requestContext(message, route.routeKey, publicUrl),
    ...pathParametersOf(route),
    ...bodyOf(body, message.headers['content-type']),
  }
}

/** The path and the query of a request's target, neither decoded. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const relative = target.replace(/^[a-z]+:\/\/[^/?]*/i, '')
  const at = relative.indexOf('?')
  return at === -1
    ? { path: relative, query: '' }
    : { path: relative.slice(0, at), query: relative.slice(at + 1) }
}

/** API Gateway decodes the path for an HTTP API, and loses what follows a question mark in it. */
function decodedPath(path: string): string {
  const [beforeQuestionMark = ''] = decode(path).split('?')
  return beforeQuestionMark
}

function cookiesOf(message: IncomingMessage): { cookies?: string[] } {
  const cookies = (message.headersDistinct.cookie ?? [])
    .flatMap((header) => header.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '')
  return cookies.length === 0 ? {} : { cookies }
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const sent = Object.entries(message.headersDistinct)
    .filter(([name]) => name !== 'cookie')
    .map(([name, values = []]): [string, string] => [name, values.join(',')])
  const { 'x-forwarded-for': hops, ...headers } = Object.fromEntries(sent)
  return {
    ...headers,
    'x-amzn-trace-id': traceId(),
    'x-forwarded-for': hops ? `${hops}, ${sourceIp(message)}` : sourceIp(message),
    'x-forwarded-port': String(message.socket.localPort ?? 0),
    'x-forwarded-proto': 'http',
  }
}

function queryParametersOf(query: string): { queryStringParameters?: Record<string, string> } {
  if (query === '') return {}
  const parameters = new URLSearchParams(query)
  const joined = [...new Set(parameters.keys())].map((name) => [
    name,
    parameters.getAll(name).join(','),
  ])
  return { queryStringParameters: Object.fromEntries(joined) }
}

function pathParametersOf(route: RouteMatch): { pathParameters?: Record<string, string> } {
  const none = Object.keys(route.pathParameters).length === 0
  return none ? {} : { pathParameters: { ...route.pathParameters } }
}

function requestContext(
  message: IncomingMessage,
  routeKey: string,
  publicUrl: string,
): APIGatewayProxyEventV2['requestContext'] {
  const { hostname } = new URL(publicUrl)
  const [domainPrefix = ''] = hostname.split('.')
  const now = new Date()
  return {
    accountId: LOCAL_ACCOUNT,
    apiId: 'local',
    domainName: hostname,
    domainPrefix,
    http: {
      method: message.method ?? 'GET',
      path: decodedPath(splitTarget(message.url ?? '/').path),
      protocol: `HTTP/${message.httpVersion}`,
      sourceIp: sourceIp(message),
      userAgent: message.headers['user-agent'] ?? '',
    },
    requestId: `${randomBytes(11).toString('base64url')}=`,
    routeKey,
    stage: '$default',
    time: commonLogTime(now),
    timeEpoch: now.getTime(),
  }
}

/**
 * Only these travel as text: measured at AWS. Everything else comes base64, form posts and bodies
 * without a content type included.
 */
const TEXT = /^(text\/[^;]+|application\/(json|javascript|xml))\s*(;|$)/i

function bodyOf(
  body: Buffer,
  contentType: string | undefined,
): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false }
  return TEXT.test(contentType ?? '')
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true }
}

/** As in a web server's log: `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ')
  return `${day}/${month}/${year}:${clock} +0000`
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`
}

function sourceIp(message: IncomingMessage): string {
  return (message.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
}
