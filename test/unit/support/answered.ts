import type { HttpResponse } from '../../../functions/http/responses.ts'

export interface Answered {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly cookies: readonly string[]
  /** JSON where it is JSON, else the text. */
  readonly body: unknown
  readonly text: string
}

/** A response in a form that is easy to look at. */
export function answered(response: HttpResponse): Answered {
  const { statusCode: status, headers = {}, cookies = [], body: text = '' } = response
  const isJson = String(headers['content-type']).startsWith('application/json')
  return { status, headers, cookies, body: isJson ? JSON.parse(text) : text, text }
}

/** What every answer has to carry, whatever it is. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const
