import type { InvocationType } from '@aws-sdk/client-lambda'
import type { RefreshRequests } from '../domain/access-token.ts'
import { ServiceError } from '../domain/service-error.ts'
import type { LambdaInvoke } from './lambda-invoke.ts'
import { parseRefreshOutcome } from './refresh-outcome-json.ts'

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
  let loaded: Promise<LambdaInvoke> | undefined
  const invoke = async (event: object, type: InvocationType): Promise<string> => {
    loaded ??= import('./lambda-invoke.ts').then((module) => module.lambdaInvoke(functionName))
    try {
      return await (await loaded)(event, type, AbortSignal.timeout(TIMEOUT_MS[type]))
    } catch (error) {
      throw unavailable(error)
    }
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

function unavailable(error: unknown): ServiceError {
  return new ServiceError('the token could not be renewed just now; try again in a moment', {
    code: 'refresh_unavailable',
    cause: error,
    evidence: { name: error instanceof Error ? error.name : 'unknown' },
  })
}
