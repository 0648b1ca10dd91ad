import type { RefreshRequests } from '../domain/access-token.ts'
import { invokeRefresh } from './invoke-refresh.ts'
import { parseRefreshOutcome } from './refresh-outcome-json.ts'

/** Asks the `refresh` function by a Lambda invocation. */
export function lambdaRefreshRequests({
  functionName,
}: {
  readonly functionName: string
}): RefreshRequests {
  const words = 'the token could not be renewed just now; try again in a moment'
  const invoke = invokeRefresh({ functionName, words })
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
