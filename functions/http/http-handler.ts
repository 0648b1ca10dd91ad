import middy, { type MiddlewareObj } from '@middy/core'
import type { Context } from 'aws-lambda'
import { ServiceError } from '../domain/service-error.ts'
import type { EventLog, LogFields } from '../logger.ts'
import { errorBody, errorResponse, isFromBehind, isTold } from './error-response.ts'
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
  return answering<HttpRequest, HttpResponse>(log, {
    answer: (request, _context, signal) => answer(request, signal),
    renderError,
    fieldsOf: ({ requestContext: { requestId }, routeKey: route }) => ({ requestId, route }),
  })
}

/** Answers one invocation by somebody whom IAM lets invoke the function. */
export type DirectAnswer = (event: unknown, context: Context) => Promise<object>

/** The same pipeline for invocations without HTTP: an error is answered by the body that HTTP gives it. */
export function directHandler(log: EventLog, answer: DirectAnswer): DirectAnswer {
  return answering<unknown, object>(log, {
    answer,
    renderError: (error, _event, { awsRequestId }) => errorBody(error, awsRequestId),
    fieldsOf: (_event, { awsRequestId }) => ({ requestId: awsRequestId, route: 'invoke' }),
  })
}

interface Answering<Event, Result> {
  readonly answer: (event: Event, context: Context, signal: AbortSignal) => Promise<Result>
  readonly renderError: (error: unknown, event: Event, context: Context) => Result | Promise<Result>
  /** What names an invocation in the log. */
  readonly fieldsOf: (event: Event, context: Context) => LogFields
}

function answering<Event, Result extends object>(
  log: EventLog,
  { answer, renderError, fieldsOf }: Answering<Event, Result>,
): (event: Event, context: Context) => Promise<Result> {
  const errorAnswers: MiddlewareObj<Event, Result> = {
    onError: async (request) => {
      const { event, context } = request
      const error = isTimeout(request.error) ? outOfTime(request.error) : request.error
      logError(log, error, fieldsOf(event, context))
      request.response = await renderError(error, event, context)
    },
  }
  const pipeline = middy<Event, Result>({ timeoutEarlyInMillis: TIMEOUT_MARGIN_MS })
    .use(errorAnswers)
    .handler((event, context, { signal }) => answer(event, context, signal))
  return async (event, context) => pipeline(event, context)
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
