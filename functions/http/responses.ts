import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

/** An answer as API Gateway takes it. */
export type HttpResponse = APIGatewayProxyStructuredResultV2

/** What a page may load beside its own text; nothing unless named. */
export interface PagePolicy {
  /** Source expressions such as `'sha256-…'`. */
  readonly styles?: readonly string[]
  readonly scripts?: readonly string[]
  readonly images?: readonly string[]
  /** Whether it may send a form, to the service alone. */
  readonly hasForm?: boolean
  /** Whether its script may send requests to the service. */
  readonly callsService?: boolean
  /** Whether it may show a page of the service in a frame. */
  readonly hasFrame?: boolean
  /** The one origin that may show the page in a frame. */
  readonly framedBy?: string | undefined
}

const NOTHING = "default-src 'none'; base-uri 'none'"
const NO_FORM = "form-action 'none'"
const NO_FRAME = "frame-ancestors 'none'"

/** On every answer, also redirects and errors. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': `${NOTHING}; ${NO_FORM}; ${NO_FRAME}`,
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
  const { styles, scripts, images, hasForm, hasFrame, framedBy, callsService } = policy
  const { 'x-frame-options': denyFrames, ...headers } = SECURITY_HEADERS
  const contentSecurityPolicy = [
    NOTHING,
    hasForm ? "form-action 'self'" : NO_FORM,
    framedBy ? `frame-ancestors ${framedBy}` : NO_FRAME,
    ...(hasFrame ? ["frame-src 'self'"] : []),
    ...(callsService ? ["connect-src 'self'"] : []),
    ...(styles ? [`style-src ${styles.join(' ')}`] : []),
    ...(images ? [`img-src ${images.join(' ')}`] : []),
    ...(scripts ? [`script-src ${scripts.join(' ')}`] : []),
  ]
  return {
    statusCode,
    headers: {
      ...headers,
      // It knows no single origin; browsers that know frame-ancestors go by that.
      ...(framedBy ? {} : { 'x-frame-options': denyFrames }),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy.join('; '),
    },
    body: html,
  }
}
