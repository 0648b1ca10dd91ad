import {
  type KeyringVersions,
  ROTATION_STEPS,
  type RotationRequest,
} from '../domain/rotate-keyring.ts'
import { ServiceError } from '../domain/service-error.ts'

/** What Secrets Manager asks for. */
export interface RotationEvent extends RotationRequest {
  readonly versions: KeyringVersions
}

/**
 * Reads an event of Secrets Manager.
 * @throws ServiceError `request_invalid` when it is no step, or is for a secret that is not ours to rotate.
 */
export function rotationEventOf(
  event: unknown,
  keyrings: ReadonlyMap<string, KeyringVersions>,
): RotationEvent {
  const { Step, SecretId, ClientRequestToken: versionId } = objectOf(event)
  const step = ROTATION_STEPS.find((known) => known === Step)
  const versions = keyrings.get(String(SecretId))
  if (step === undefined || versions === undefined || typeof versionId !== 'string') {
    const message = 'expected a step of Secrets Manager to rotate one of the keyrings'
    throw new ServiceError(message, { code: 'request_invalid' })
  }
  return { step, versions, versionId }
}

function objectOf(event: unknown): Readonly<Record<string, unknown>> {
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {}
}
