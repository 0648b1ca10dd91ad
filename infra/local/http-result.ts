import type { Invocation } from './lambda-runtime.ts'

/** An answer as it goes over the wire. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: Buffer
}

/** An answer that API Gateway itself gives. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  return jsonAnswer(status, JSON.stringify({ message }))
}

/**
 * The answer that API Gateway makes of what a function returned: a structured one when it has a
 * `statusCode`, otherwise 200 with the value itself as JSON.
 */
export function answerOf(invocation: Invocation): HttpAnswer {
  if (invocation.outcome !== 'returned') return INTERNAL_SERVER_ERROR
  const { payload } = invocation
  if (!isRecord(payload) || payload.statusCode === undefined) return inferredAnswer(payload)
  return structuredAnswer(payload) ?? INTERNAL_SERVER_ERROR
}

const INTERNAL_SERVER_ERROR = gatewayAnswer(500, 'Internal Server Error')

function inferredAnswer(payload: unknown): HttpAnswer {
  return jsonAnswer(200, typeof payload === 'string' ? payload : JSON.stringify(payload))
}

function jsonAnswer(status: number, body: string): HttpAnswer {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, cookies: [], body: Buffer.from(body) }
}

/** @returns `undefined` when a part is not of the kind that API Gateway takes. */
function structuredAnswer(payload: Readonly<Record<string, unknown>>): HttpAnswer | undefined {
  const status = Number(payload.statusCode)
  const { body = '', headers = {}, cookies = [] } = payload
  const statusIsOne = Number.isInteger(status) && status >= 100 && status <= 599
  if (!statusIsOne || typeof body !== 'string' || !isRecord(headers) || !Array.isArray(cookies)) {
    return undefined
  }
  return {
    status,
    headers: withContentType(lowerCased(headers), body),
    cookies: cookies.map(String),
    body: Buffer.from(body, payload.isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

function lowerCased(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ])
  return Object.fromEntries(entries)
}

function withContentType(headers: Record<string, string>, body: string): Record<string, string> {
  return body === '' ? headers : { 'content-type': 'text/plain;charset=UTF-8', ...headers }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
