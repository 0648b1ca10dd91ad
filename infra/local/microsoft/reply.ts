import type { IncomingHttpHeaders } from 'node:http'

/** One request as the stand-in's handlers see it: read completely, not yet interpreted. */
export interface StandInRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One answer, complete before the first byte is sent, so that a fault can bend it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The content type of an HTML form. */
export const FORM = 'application/x-www-form-urlencoded'

const NO_STORE = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' }

/** A JSON answer that no cache keeps. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const contentType = { 'content-type': 'application/json; charset=utf-8' }
  return {
    status,
    headers: { ...NO_STORE, ...contentType, ...headers },
    body: JSON.stringify(value),
  }
}

/** A page. It can run nothing, load nothing and be framed by nobody. */
export function page(status: number, html: string): Reply {
  const headers = {
    ...NO_STORE,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  return { status, headers, body: html }
}

/** Sends the browser elsewhere by GET, also after a POST. */
export function redirect(location: string): Reply {
  return { status: 303, headers: { ...NO_STORE, location }, body: '' }
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { ...NO_STORE, ...headers }, body: '' }
}

/** Whether the request's body claims to be this media type. */
export function hasContentType(request: StandInRequest, mediaType: string): boolean {
  const [claimed = ''] = (request.headers['content-type'] ?? '').split(';')
  return claimed.trim().toLowerCase() === mediaType
}
