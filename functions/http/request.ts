import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { ServiceError } from '../domain/service-error.ts'

/** More than any request here needs. */
const BODY_LIMIT_BYTES = 64 * 1024

/** A request as API Gateway hands it over (payload format 2.0). */
export type HttpRequest = APIGatewayProxyEventV2

/** Whether API Gateway handed the event over, which says by whom and how it was asked. */
export function isHttpRequest(event: unknown): event is HttpRequest {
  if (typeof event !== 'object' || event === null || !('requestContext' in event)) return false
  return typeof event.requestContext === 'object' && event.requestContext !== null
}

/** The query by name. @throws ServiceError `request_invalid` when a parameter is repeated. */
export function queryOf(request: HttpRequest): ReadonlyMap<string, string> {
  return singleValues(new URLSearchParams(request.rawQueryString), 'query parameter')
}

/** A header by its lower-case name. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  return request.headers[name]
}

/** A cookie's value. API Gateway sends cookies apart from the headers; emulators may not. */
export function cookieOf(request: HttpRequest, name: string): string | undefined {
  const cookies = request.cookies ?? request.headers.cookie?.split(';') ?? []
  const prefix = `${name}=`
  const found = cookies.map((cookie) => cookie.trim()).find((cookie) => cookie.startsWith(prefix))
  return found?.slice(prefix.length)
}

/** A path variable. */
export function pathVariable(request: HttpRequest, name: string): string {
  return request.pathParameters?.[name] ?? ''
}

/**
 * The body as a JSON object; an empty body is an empty object.
 * @throws ServiceError `content_type_unsupported`, `request_too_large` or `request_invalid`.
 */
export function jsonBodyOf(request: HttpRequest): Readonly<Record<string, unknown>> {
  const body = bodyOf(request)
  if (body.trim() === '') return {}
  requireContentType(request, 'application/json')
  const value = parsedJson(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ServiceError('send a JSON object as the body', { code: 'request_invalid' })
  }
  return { ...value }
}

/**
 * The fields of a form body.
 * @throws ServiceError as `jsonBodyOf`.
 */
export function formBodyOf(request: HttpRequest): ReadonlyMap<string, string> {
  const body = bodyOf(request)
  requireContentType(request, 'application/x-www-form-urlencoded')
  return singleValues(new URLSearchParams(body), 'form field')
}

/** The body as it was sent. @throws ServiceError `request_too_large`. */
export function bodyBytesOf(
  request: HttpRequest,
  limitBytes = BODY_LIMIT_BYTES,
): Buffer<ArrayBuffer> {
  const { body = '', isBase64Encoded } = request
  const content = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  if (content.length > limitBytes) {
    throw new ServiceError(`send a body of at most ${limitBytes} bytes`, {
      code: 'request_too_large',
    })
  }
  return content
}

function bodyOf(request: HttpRequest): string {
  return bodyBytesOf(request).toString('utf8')
}

function requireContentType(request: HttpRequest, wanted: string): void {
  const contentType = headerOf(request, 'content-type')?.split(';')[0]?.trim().toLowerCase()
  if (contentType !== wanted) {
    throw new ServiceError(`send the body as ${wanted}`, { code: 'content_type_unsupported' })
  }
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new ServiceError('send a body that is valid JSON', {
      code: 'request_invalid',
      cause: error,
    })
  }
}

function singleValues(parameters: URLSearchParams, kind: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of parameters) {
    if (values.has(name)) {
      throw new ServiceError(`send each ${kind} once`, { code: 'request_invalid' })
    }
    values.set(name, value)
  }
  return values
}
