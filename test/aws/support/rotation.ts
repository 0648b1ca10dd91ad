import { randomUUID } from 'node:crypto'
import { ROTATION_STEPS } from '../../../functions/domain/rotate-keyring.ts'
import { invoke } from './functions.ts'

/**
 * Rotates a secret by the deployed function, step by step as Secrets Manager does.
 * @throws Error with what the function answered, when a step fails.
 */
export async function rotate(secretArn: string): Promise<void> {
  const versionId = randomUUID()
  for (const Step of ROTATION_STEPS) {
    await invoke('rotation', { Step, SecretId: secretArn, ClientRequestToken: versionId })
  }
}
