import type { RefreshRequests } from '../../functions/domain/access-token.ts'
import { refreshConnection } from '../../functions/domain/refresh-connection.ts'
import type { RefreshDependencies } from '../../functions/domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import { type Step, script } from './scripted.ts'

/** Refreshes in place, as the refresh function does, unless the next call is planned to go otherwise. */
export interface ScriptedRefreshRequests extends RefreshRequests {
  readonly asked: readonly { readonly connectionId: number; readonly when: 'now' | number }[]
  /** What was asked for without waiting; nothing is refreshed for it. */
  readonly askedSoon: readonly { readonly connectionId: number; readonly generation: number }[]
  answerNext(step: RefreshOutcome | Step<RefreshOutcome>): void
}

export function scriptedRefreshRequests(deps: RefreshDependencies): ScriptedRefreshRequests {
  const outcomes = script<RefreshOutcome>()
  const asked: { connectionId: number; when: 'now' | number }[] = []
  const askedSoon: { connectionId: number; generation: number }[] = []
  return {
    asked,
    askedSoon,
    answerNext: outcomes.answerNext,
    refresh: async (connectionId, when) => {
      asked.push({ connectionId, when })
      const { signal } = new AbortController()
      return outcomes.take(() => refreshConnection(deps, { connectionId, when, signal }))
    },
    refreshSoon: async (connectionId, generation) => {
      askedSoon.push({ connectionId, generation })
    },
  }
}
