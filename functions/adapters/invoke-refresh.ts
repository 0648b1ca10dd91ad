import type { InvocationType } from '@aws-sdk/client-lambda'
import { ServiceError } from '../domain/service-error.ts'

/**
 * One invocation of the `refresh` function, answered with its payload.
 * @throws ServiceError `refresh_unavailable` when it does not answer, or failed
 */
export type InvokeRefresh = (event: object, type: InvocationType) => Promise<string>

export interface InvokeRefreshOptions {
  readonly functionName: string
  /** What could not be done when it does not answer; for whoever asked. */
  readonly words: string
}

/** A refresh may take 25 seconds; handing a wish over takes none. */
const TIMEOUT_MS = { RequestResponse: 26_000, Event: 1500, DryRun: 1500 } as const

/** The client is loaded with the first request, which most containers never make. */
export function invokeRefresh(options: InvokeRefreshOptions): InvokeRefresh {
  let loaded: Promise<InvokeRefresh> | undefined
  return async (event, type) => {
    loaded ??= load(options)
    return (await loaded)(event, type)
  }
}

async function load({ functionName, words }: InvokeRefreshOptions): Promise<InvokeRefresh> {
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
      throw new ServiceError(words, {
        code: 'refresh_unavailable',
        cause: error,
        evidence: { name: error instanceof Error ? error.name : 'unknown' },
      })
    }
  }
}
