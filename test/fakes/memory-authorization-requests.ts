import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  AuthorizationRequests,
} from '../../functions/domain/authorization-request.ts'

interface Attempt {
  readonly request: AuthorizationRequest
  readonly consumedAt: Date | undefined
  readonly result: AuthorizationOutcome | undefined
}

export interface MemoryAuthorizationRequests extends AuthorizationRequests {
  /** Everything that was stored, oldest first. */
  all(): readonly AuthorizationRequest[]
}

export function memoryAuthorizationRequests(): MemoryAuthorizationRequests {
  const stored = new Map<string, Attempt>()
  return {
    all: () => [...stored.values()].map(({ request }) => request),
    create: async (request) => {
      stored.set(request.id, { request, consumedAt: undefined, result: undefined })
    },
    consume: async (id, browserBinding, now) => {
      const attempt = stored.get(id)
      if (attempt?.request.browserBinding !== browserBinding) return { outcome: 'unknown' }
      const { request, consumedAt, result } = attempt
      if (consumedAt) return { outcome: 'already_consumed', request, consumedAt, result }
      if (request.expiresAt <= now) return { outcome: 'expired' }
      stored.set(id, { ...attempt, consumedAt: now })
      return { outcome: 'consumed', request }
    },
    complete: async (id, result) => {
      const attempt = stored.get(id)
      if (attempt?.consumedAt) stored.set(id, { ...attempt, result })
    },
    find: async (id, browserBinding) => {
      const attempt = stored.get(id)
      if (attempt?.request.browserBinding !== browserBinding) return undefined
      return { request: attempt.request, result: attempt.result }
    },
  }
}
