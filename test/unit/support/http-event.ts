import { randomBytes } from 'node:crypto'
import type { Context } from 'aws-lambda'
import { expect } from 'vitest'
import type { HttpRequest } from '../../../functions/http/request.ts'

export interface EventParts {
  /** A route key such as `GET /v1.0/account/connectors/{id}`. */
  readonly route?: string
  readonly variables?: Readonly<Record<string, string>>
  /** In place of the path that route and variables make. */
  readonly path?: string
  readonly query?: string | Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  /** Goes as JSON; a text goes as it is. */
  readonly body?: unknown
  /** Goes as a form, base64 as API Gateway sends forms. */
  readonly form?: Readonly<Record<string, string>> | string
}

/** An event as API Gateway sends it in payload format 2.0. */
export function httpEvent(parts: EventParts = {}): HttpRequest {
  const { route = 'GET /', variables = {}, cookies } = parts
  const [method = 'GET', template = '/'] = route.split(' ')
  const path =
    parts.path ?? template.replace(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? '')
  const rawQueryString = new URLSearchParams(parts.query ?? '').toString()
  const hasVariables = Object.keys(variables).length > 0
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: typeof parts.query === 'string' ? parts.query : rawQueryString,
    ...(cookies ? { cookies: [...cookies] } : {}),
    ...(hasVariables ? { pathParameters: { ...variables } } : {}),
    requestContext: requestContext(method, path, route),
    ...bodyOf(parts),
  }
}

function requestContext(
  method: string,
  path: string,
  routeKey: string,
): HttpRequest['requestContext'] {
  return {
    accountId: '123456789012',
    apiId: 'r3pmxmplak',
    domainName: 'connect.example',
    domainPrefix: 'connect',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.5', userAgent: 'test' },
    requestId: `${randomBytes(11).toString('base64url')}=`,
    routeKey,
    stage: '$default',
    time: '01/Mar/2026:12:00:00 +0000',
    timeEpoch: Date.parse('2026-03-01T12:00:00.000Z'),
  }
}

function bodyOf(parts: EventParts): Pick<HttpRequest, 'headers' | 'isBase64Encoded'> & {
  body?: string
} {
  const headers = { host: 'connect.example', ...parts.headers }
  if (parts.form !== undefined) {
    const form = new URLSearchParams(parts.form).toString()
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: Buffer.from(form).toString('base64'),
      isBase64Encoded: true,
    }
  }
  if (parts.body === undefined) return { headers, isBase64Encoded: false }
  const body = typeof parts.body === 'string' ? parts.body : JSON.stringify(parts.body)
  return {
    headers: { 'content-type': 'application/json', ...headers },
    body,
    isBase64Encoded: false,
  }
}

/** What Lambda tells a function about its invocation. */
export function lambdaContext(remainingMs = 10_000): Context {
  const unreachable = () => expect.unreachable('a callback-style member was used')
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:function',
    memoryLimitInMB: '512',
    awsRequestId: '6bc28136-xmpl-4365-b021-0ce6b2e64ab0',
    logGroupName: '/aws/lambda/function',
    logStreamName: '2026/03/01/[$LATEST]0123456789abcdef',
    getRemainingTimeInMillis: () => remainingMs,
    done: unreachable,
    fail: unreachable,
    succeed: unreachable,
  }
}
