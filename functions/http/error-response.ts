import { ServiceError, type ServiceErrorCode } from '../domain/service-error.ts'
import { wireReason } from './account-connector.ts'
import { type HttpResponse, json } from './responses.ts'
import type { ErrorAnswer, ToldCode } from './schemas/error.ts'

/** The status code of each error. */
export const STATUS_OF = {
  configuration_invalid: 500,
  secret_unreadable: 503,
  keyring_changed: 503,
  secret_changed: 503,
  identity_token_unavailable: 503,
  store_unavailable: 503,
  item_malformed: 500,
  token_unsealable: 500,
  refresh_unavailable: 503,
  bearer_token_missing: 401,
  bearer_token_invalid: 401,
  api_client_rejected: 401,
  account_missing: 400,
  account_forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_invalid: 400,
  request_too_large: 413,
  content_type_unsupported: 415,
  property_unknown: 400,
  resource_invalid: 400,
  name_in_use: 400,
  not_connected: 409,
  reauthorization_required: 409,
  app_credential_rejected: 503,
  temporarily_unavailable: 503,
  validity_unavailable: 503,
  completion_unknown: 404,
  completion_refused: 409,
  import_refused: 409,
  form_refused: 403,
} as const satisfies Record<ServiceErrorCode, number>

/** How long to wait when the error does not say. */
const RETRY_AFTER_SECONDS = 5

/** An error that a caller is told about in so many words. */
type ToldError = ServiceError & { readonly code: ToldCode }

/** Whether a caller is told about it; anything else is only called a failure. */
export function isTold(error: unknown): error is ToldError {
  return error instanceof ServiceError && STATUS_OF[error.code] !== 500
}

/** Whether something behind the service failed, so that its operator has to hear what. */
export function isFromBehind(error: ServiceError): boolean {
  return STATUS_OF[error.code] >= 500 && error.cause !== undefined
}

/** What an error is told by: what to do, a code to rely on, and the id under which it is logged. */
export interface ErrorBody extends ErrorAnswer {
  /** When to ask again; over HTTP it is the header Retry-After. */
  readonly RetryAfterSeconds?: number
}

/** An error as it is told where there is no HTTP. */
export function errorBody(error: unknown, RequestId: string): ErrorBody {
  if (!isTold(error)) {
    const Message = 'The service failed. Try again; if it stays, tell its operator the RequestId.'
    return { Message, Code: 'internal_error', RequestId }
  }
  return {
    Message: sentence(error.message),
    Code: error.code,
    RequestId,
    ...(error.reason ? { Reason: wireReason(error.reason) } : {}),
    ...(STATUS_OF[error.code] === 503 ? { RetryAfterSeconds: retryAfterOf(error) } : {}),
  }
}

/** The one form of every error over HTTP. */
export function errorResponse(error: unknown, requestId: string): HttpResponse {
  const { RetryAfterSeconds, ...body } = errorBody(error, requestId)
  const statusCode = isTold(error) ? STATUS_OF[error.code] : 500
  return json(body, statusCode, {
    ...(statusCode === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(statusCode === 405 && isTold(error) ? { allow: String(error.evidence.allow) } : {}),
    ...(RetryAfterSeconds !== undefined ? { 'retry-after': String(RetryAfterSeconds) } : {}),
  })
}

/** Errors are written lower case and without a full stop; API clients read sentences. */
function sentence(message: string): string {
  const capital = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.?!]$/.test(capital) ? capital : `${capital}.`
}

function retryAfterOf(error: ServiceError): number {
  const { retryAfterSeconds } = error.evidence
  return typeof retryAfterSeconds === 'number' ? retryAfterSeconds : RETRY_AFTER_SECONDS
}
