import {
  type FunctionConfiguration,
  InvokeCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { account } from './account.ts'

/** The deployed function whose name in the stack this is. */
export async function functionNamed(name: string): Promise<FunctionConfiguration> {
  const { Functions = [] } = await account.lambda.send(new ListFunctionsCommand())
  const found = Functions.find(({ FunctionName }) => FunctionName?.includes(`-${name}Function`))
  if (found === undefined) throw new Error(`there is no function ${name}`)
  return found
}

/**
 * Calls a function as its event source would.
 * @returns what it answered.
 * @throws Error with that, when it failed.
 */
export async function invoke(name: string, event: object): Promise<string> {
  const { FunctionName } = await functionNamed(name)
  const request = { FunctionName, Payload: JSON.stringify(event) }
  const { FunctionError, Payload } = await account.lambda.send(new InvokeCommand(request))
  const answer = new TextDecoder().decode(Payload)
  if (FunctionError !== undefined) throw new Error(`${name}: ${answer}`)
  return answer
}

/** Ends the containers of a function, and with them what they remember: its memory is set to what it is. */
export async function forget(name: string): Promise<void> {
  const { FunctionName, MemorySize } = await functionNamed(name)
  await account.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize }))
}
