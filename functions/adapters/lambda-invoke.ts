import { type InvocationType, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'

/** Invokes one function with an event; answers the payload, and throws when the function failed. */
export type LambdaInvoke = (
  event: object,
  type: InvocationType,
  abortSignal: AbortSignal,
) => Promise<string>

/** Reached by `import()`, which makes it a file of its own: it may import packages, and no module of ours. */
export function lambdaInvoke(functionName: string): LambdaInvoke {
  const client = new LambdaClient({})
  return async (event, type, abortSignal) => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: type,
      Payload: JSON.stringify(event),
    })
    const answer = await client.send(command, { abortSignal })
    if (answer.FunctionError) throw new TypeError(answer.FunctionError)
    return answer.Payload?.transformToString() ?? ''
  }
}
