import type { ConnectionStatus } from '../domain/connection.ts'
import type { Reason } from '../domain/reason.ts'
import { ServiceError } from '../domain/service-error.ts'
import { messageOf } from './guidance-text.ts'

/** What whoever wants a token of a connection without a grant is told: who must act, and how. */
export function notConnected(connection: {
  readonly status: ConnectionStatus
  readonly reason: Reason | undefined
}): ServiceError {
  const { status, reason } = connection
  if (status === 'reauthorization_required') {
    const why = reason ? ` (${reason.code}, ${reason.who}): ${messageOf(reason)}` : ''
    return new ServiceError(`the connection needs a new sign-in${why}`, {
      code: 'reauthorization_required',
      reason,
    })
  }
  return new ServiceError(`the connection is ${status}; let a user sign in first`, {
    code: 'not_connected',
  })
}
