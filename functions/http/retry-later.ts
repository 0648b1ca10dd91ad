import type { Reason } from '../domain/reason.ts'
import { ServiceError } from '../domain/service-error.ts'

/** Why something could not be had now. */
interface Trouble {
  readonly code: 'temporarily_unavailable' | 'app_credential_rejected' | 'validity_unavailable'
  /** Who must act, where it is not only a matter of waiting. */
  readonly reason?: Reason | undefined
  readonly retryAt: Date
}

/** What cannot be had now is answered with, and when to ask again: in a second at the soonest. */
export function retryLater(
  message: string,
  { code, reason, retryAt }: Trouble,
  now: Date,
): ServiceError {
  const wait = Math.max(Math.ceil((retryAt.getTime() - now.getTime()) / 1000), 1)
  return new ServiceError(message, { code, reason, evidence: { retryAfterSeconds: wait } })
}
