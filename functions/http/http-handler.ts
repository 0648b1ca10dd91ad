import middy, { type MiddlewareObj } from '@middy/core'
import type { Context } from 'aws-lambda'
import { ServiceError } from '../domain/service-error.ts'
import type { EventLog, LogFields } from '../logger.ts'
import { errorResponse, isFromBehind, isTold } from './error-response.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './responses.ts'

/** Time kept for the answer when a call hangs. */
const TIMEOUT_MARGIN_MS = 1000

/** Answers one request; `signal` aborts shortly before the function's deadline. */
export type Answer = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>

/** A Lambda handler behind API Gateway. */
export type HttpHandler = (request: HttpRequest, context: Context) => Promise<HttpResponse>

/** How a failure is shown: as JSON to programs, as a page to people. It may not fail itself. */
export type RenderError = (
  error: unknown,
  request: HttpRequest,
) => HttpResponse | Promise<HttpResponse>

/** The pipeline of every HTTP function: whatever is thrown is logged once and answered in one form. */
export function httpHandler(
  log: EventLog,
  answer: Answer,
  renderError: RenderError = (error, request) =>
    errorResponse(error, request.requestContext.requestId),
): HttpHandler {
  const pipeline = middy<HttpRequest, HttpResponse>({ timeoutEarlyInMillis: TIMEOUT_MARGIN_MS })
    .use(errorAnswers(log, renderError))
    .handler(async (request, _context, { signal }) => answer(request, signal))
  return async (request, context) => pipeline(request, context)
}

function errorAnswers(
  log: EventLog,
  renderError: RenderError,
): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    onError: async (request) => {
      const { requestId } = request.event.requestContext
      const fields = { requestId, route: request.event.routeKey }
      const error = isTimeout(request.error) ? outOfTime(request.error) : request.error
      logError(log, error, fields)
      request.response = await renderError(error, request.event)
    },
  }
}

function logError(log: EventLog, error: unknown, fields: LogFields): void {
  if (!isTold(error)) {
    log.failure('request_failed', error, fields)
    return
  }
  const refused = { ...fields, reason: error.code }
  if (isFromBehind(error)) log.failure('request_refused', error, refused)
  else log.event('request_refused', refused)
}

/** Middy's own, shortly before the function's deadline. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

function outOfTime(error: unknown): ServiceError {
  return new ServiceError('the service did not answer in time; try again in a moment', {
    code: 'temporarily_unavailable',
    cause: error,
  })
}
