import { randomUUID } from 'node:crypto'
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ROTATION_STEPS } from '../../../functions/domain/rotate-keyring.ts'
import { account } from './account.ts'

/**
 * Rotates a secret by the deployed function, step by step as Secrets Manager does.
 * @throws Error with what the function answered, when a step fails.
 */
export async function rotate(secretArn: string): Promise<void> {
  const { Functions = [] } = await account.lambda.send(new ListFunctionsCommand())
  const found = Functions.find(({ FunctionName }) => FunctionName?.includes('-rotationFunction'))
  const versionId = randomUUID()
  for (const Step of ROTATION_STEPS) {
    const event = { Step, SecretId: secretArn, ClientRequestToken: versionId }
    const request = { FunctionName: found?.FunctionName, Payload: JSON.stringify(event) }
    const { FunctionError, Payload } = await account.lambda.send(new InvokeCommand(request))
    const answer = new TextDecoder().decode(Payload)
    if (FunctionError !== undefined) throw new Error(`${Step}: ${answer}`)
  }
}
