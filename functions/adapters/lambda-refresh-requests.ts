import type { InvocationType } from '@aws-sdk/client-lambda'
import type { RefreshRequests } from '../domain/access-token.ts'
import { ServiceError } from '../domain/service-error.ts'
import { parseRefreshOutcome } from './refresh-outcome-json.ts'

type Invoke = (event: object, type: InvocationType) => Promise<string>

/** A refresh may take 25 seconds; handing a wish over takes none. */
const TIMEOUT_MS = { RequestResponse: 26_000, Event: 1500, DryRun: 1500 } as const

/**
 * Asks the `refresh` function by a Lambda invocation. The client is loaded with the first request,
 * which most containers never make.
 */
export function lambdaRefreshRequests({
  functionName,
}: {
  readonly functionName: string
}): RefreshRequests {
  let loaded: Promise<Invoke> | undefined
  const invoke: Invoke = async (event, type) => {
    loaded ??= load(functionName)
    return (await loaded)(event, type)
  }
  return {
    refresh: async (connectionId, when) => {
      const payload = await invoke({ refresh: { connectionId, when } }, 'RequestResponse')
      return parseRefreshOutcome(payload)
    },
    refreshSoon: async (connectionId, generation) => {
      const event = { refresh: { connectionId, when: generation } }
      // The stored token is good; a wish that was not heard is repeated by the next caller.
      await invoke(event, 'Event').catch(() => '')
    },
  }
}

async function load(functionName: string): Promise<Invoke> {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda')
  const client = new LambdaClient({})
  return async (event, type) => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: type,
      Payload: JSON.stringify(event),
    })
    try {
      const abortSignal = AbortSignal.timeout(TIMEOUT_MS[type])
      const answer = await client.send(command, { abortSignal })
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
