import type { RefreshRequests } from '../domain/access-token.ts'
import { ServiceError } from '../domain/service-error.ts'
import { parseRefreshOutcome } from './refresh-outcome-json.ts'

/**
 * Asks the `refresh` function by a Lambda invocation. The client is loaded with the first request,
 * which most containers never make.
 */
export function lambdaRefreshRequests({
  functionName,
}: {
  readonly functionName: string
}): RefreshRequests {
  let invoke: ReturnType<typeof makeInvoke> | undefined
  return {
    refresh: async (connectionId, when) => {
      invoke ??= makeInvoke(functionName)
      const payload = await (await invoke)({ refresh: { connectionId, when } })
      return parseRefreshOutcome(payload)
    },
  }
}

async function makeInvoke(functionName: string): Promise<(event: object) => Promise<string>> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda')
  const client = new LambdaClient({})
  return async (event) => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      Payload: JSON.stringify(event),
    })
    try {
      const answer = await client.send(command)
      if (answer.FunctionError) throw new TypeError(answer.FunctionError)
      return answer.Payload?.transformToString() ?? ''
    } catch (error) {
      throw unavailable(error)
    }
  }
}

function unavailable(error: unknown): ServiceError {
  return new ServiceError('the token could not be renewed just now; try again in a moment', {
    code: 'refresh_unavailable',
    cause: error,
    evidence: { name: error instanceof Error ? error.name : 'unknown' },
  })
}
