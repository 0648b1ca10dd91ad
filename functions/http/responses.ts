import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

/** An answer as API Gateway takes it. */
export type HttpResponse = APIGatewayProxyStructuredResultV2

/** What a page may load beside its own text; nothing unless named. */
export interface PagePolicy {
  /** Source expressions such as `'sha256-…'`. */
  readonly styles?: readonly string[]
  readonly scripts?: readonly string[]
}

const NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** On every answer, also redirects and errors. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': NOTHING,
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** A JSON answer. */
export function json(
  body: unknown,
  statusCode = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    statusCode,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      ...headers,
    },
    body: JSON.stringify(body),
  }
}

/** A redirect that is always followed by GET. */
export function seeOther(location: string, cookies: readonly string[] = []): HttpResponse {
  return {
    statusCode: 303,
    headers: { ...SECURITY_HEADERS, location },
    cookies: [...cookies],
    body: '',
  }
}

/** An HTML page; `policy` lets it load what it needs. */
export function htmlPage(html: string, statusCode: number, policy: PagePolicy): HttpResponse {
  const styles = policy.styles ? [`style-src ${policy.styles.join(' ')}`] : []
  const scripts = policy.scripts ? [`script-src ${policy.scripts.join(' ')}`] : []
  return {
    statusCode,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [NOTHING, ...styles, ...scripts].join('; '),
    },
    body: html,
  }
}
