import type { Context } from 'aws-lambda'
import type { Clock } from '../domain/clock.ts'
import { type KeyringVersions, rotateKeyring } from '../domain/rotate-keyring.ts'
import type { EventLog } from '../logger.ts'
import { rotationEventOf } from './rotation-event.ts'

export interface RotationDependencies {
  /** The secrets that may be rotated, by their ARN. */
  readonly keyrings: ReadonlyMap<string, KeyringVersions>
  readonly log: EventLog
  readonly now: Clock
}

/** Serves Secrets Manager: one step of one keyring's rotation. It throws so that the rotation is seen to fail. */
export function rotationHandler(
  deps: RotationDependencies,
): (event: unknown, context: Context) => Promise<void> {
  return async (event, { awsRequestId: requestId }) => {
    try {
      const { versions, ...request } = rotationEventOf(event, deps.keyrings)
      const outcome = await rotateKeyring({ versions, now: deps.now }, request)
      deps.log.event('keyring_rotation', { requestId, step: request.step, outcome })
    } catch (error) {
      deps.log.failure('keyring_rotation_failed', error, { requestId })
      throw error
    }
  }
}
