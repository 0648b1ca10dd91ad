import type { Reason } from './reason.ts'

/**
 * What went wrong, as a name that callers and operators can rely on: never renamed, never reused.
 * `functions/http/` maps each to a status code.
 */
export type ServiceErrorCode =
  | 'configuration_invalid'
  | 'secret_unreadable'
  | 'keyring_changed'
  | 'secret_changed'
  | 'identity_token_unavailable'
  | 'store_unavailable'
  | 'item_malformed'
  | 'token_unsealable'
  | 'refresh_unavailable'
  | 'bearer_token_missing'
  | 'bearer_token_invalid'
  | 'api_client_rejected'
  | 'account_missing'
  | 'account_forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_invalid'
  | 'request_too_large'
  | 'content_type_unsupported'
  | 'property_unknown'
  | 'resource_invalid'
  | 'name_in_use'
  | 'not_connected'
  | 'reauthorization_required'
  | 'app_credential_rejected'
  | 'temporarily_unavailable'
  | 'validity_unavailable'
  | 'completion_unknown'
  | 'completion_refused'
  | 'import_refused'
  | 'form_refused'

/** Facts that help whoever reads the log: identifiers and codes, never a token, secret or URL query. */
export type Evidence = Readonly<Record<string, string | number | boolean>>

/**
 * What a caller cannot mend by itself. The message says what was expected or what to do, in lower
 * case and without a full stop; it is shown to API clients, so it never quotes what was sent in secret.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode
  readonly evidence: Evidence
  /** Who must act and how, where that is known. */
  readonly reason: Reason | undefined

  constructor(
    message: string,
    options: {
      readonly code: ServiceErrorCode
      readonly cause?: unknown
      readonly evidence?: Evidence
      readonly reason?: Reason | undefined
    },
  ) {
    super(message, { cause: options.cause })
    this.code = options.code
    this.evidence = options.evidence ?? {}
    this.reason = options.reason
  }
}
