/** Who can mend it: a person of the customer, its Microsoft administrator, the vendor itself, or time alone. */
export type Who = 'user' | 'administrator' | 'application_owner' | 'nobody'

/** Why somebody has to act. */
export interface Reason {
  /** `AADSTS65001`, an OAuth `error`, a Dataverse code such as `0x80072560`, or a name of the service's. */
  readonly code: string
  readonly who: Who
  /** What happened and what to do. */
  readonly message: string
  readonly at: Date
}

/** What is known of a failure beside its message. */
export interface ErrorFacts {
  /** The service's own code, or one of the client's where the service said nothing. */
  readonly code: string
  /** The HTTP status; `undefined` when nothing answered. */
  readonly status?: number | undefined
  /** Under which the service's log has it. */
  readonly requestId?: string | undefined
  readonly reason?: Reason | undefined
}

/**
 * Whatever goes wrong between the client and the service. The message says what to do; neither it nor any
 * member ever holds a secret or a token, so that it may be logged as it is.
 */
export class DynamicsConnectError extends Error {
  /** The name of the class, to go by where two copies of the package meet. */
  override readonly name: string = 'DynamicsConnectError'
  readonly code: string
  readonly status: number | undefined
  readonly requestId: string | undefined
  /** Who has to act and why, where the service knows. */
  readonly reason: Reason | undefined

  constructor(message: string, { code, status, requestId, reason }: ErrorFacts) {
    super(message)
    this.code = code
    this.status = status
    this.requestId = requestId
    this.reason = reason
  }
}

/** Microsoft wants a person to act; `reason` says who, what to do and Microsoft's code. */
export class ReauthorizationRequired extends DynamicsConnectError {
  override readonly name = 'ReauthorizationRequired'
}

/** Nobody has signed in yet, or the connection was disconnected: send a sign-in link. */
export class NotConnected extends DynamicsConnectError {
  override readonly name = 'NotConnected'
}

/** The service does not accept `clientId` and `clientSecret`. */
export class ClientRejected extends DynamicsConnectError {
  override readonly name = 'ClientRejected'
}

/** The account has no such connection, or nothing waits under that `completionId`. */
export class NotFound extends DynamicsConnectError {
  override readonly name = 'NotFound'
}

/** The service, or Microsoft behind it, cannot answer now. */
export class Unavailable extends DynamicsConnectError {
  override readonly name = 'Unavailable'
  /** When to try again: what the service said, else a few seconds. */
  readonly retryAfterSeconds: number

  constructor(message: string, facts: ErrorFacts & { readonly retryAfterSeconds: number }) {
    super(message, facts)
    this.retryAfterSeconds = facts.retryAfterSeconds
  }
}

/** Microsoft did not take the refresh token that was to be imported; `reason` says who has to act. */
export class ImportRefused extends DynamicsConnectError {
  override readonly name = 'ImportRefused'
}

/** What was asked for cannot be done as it was asked; the message says what to send instead. */
export class RequestRefused extends DynamicsConnectError {
  override readonly name = 'RequestRefused'
}

/** Something answered that is not the service, or is of another version: look at `url` and at proxies. */
export class UnexpectedAnswer extends DynamicsConnectError {
  override readonly name = 'UnexpectedAnswer'
}
