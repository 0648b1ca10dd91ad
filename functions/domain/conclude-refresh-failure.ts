import type { ConnectedConnection, Connection } from './connection.ts'
import { isConnected } from './connection.ts'
import { reasonFor } from './guidance.ts'
import { holdTenant, openAppBreaker } from './heed-brakes.ts'
import type { RefreshDependencies } from './refresh-dependencies.ts'
import type { MicrosoftTrace, RefreshOutcome } from './refresh-outcome.ts'
import { isGrantExpiring, probeAt, retryAt } from './refresh-schedule.ts'
import { meaningOf } from './refusal.ts'
import type { Refusal, TokenEndpointFailure } from './token-endpoint.ts'

type FailureDependencies = Pick<
  RefreshDependencies,
  'tokenSets' | 'refreshBrakes' | 'notice' | 'now'
>

/** Does what a failed redemption calls for, and says what it was. The stored tokens stay in any case. */
export async function concludeFailure(
  deps: FailureDependencies,
  connection: ConnectedConnection,
  failure: TokenEndpointFailure,
): Promise<RefreshOutcome> {
  if (failure.outcome !== 'refused') return postpone(deps, connection, failure)
  const { refusal } = failure
  const trace = { traceId: refusal.traceId, correlationId: refusal.correlationId }
  switch (meaningOf(refusal)) {
    case 'passing':
      return { ...(await postpone(deps, connection, failure)), trace }
    case 'blocked':
      return { ...(await block(deps, connection, refusal)), trace }
    case 'app_rejected':
      return { ...(await openAppBreaker(deps, refusal)), trace }
    case 'grant_ended':
      return requireReauthorization(deps, connection, { refusal, trace })
  }
}

async function postpone(
  deps: FailureDependencies,
  connection: ConnectedConnection,
  failure: TokenEndpointFailure,
): Promise<Extract<RefreshOutcome, { outcome: 'transient' }>> {
  const now = deps.now()
  const count = (connection.failure?.count ?? 0) + 1
  const code = failureCodeOf(failure, now)
  const retryAfter = retryAfterOf(failure)
  const nextRefreshAt = retryAt(now, { connectionId: connection.id, count, retryAfter })
  if (failure.outcome !== 'malformed') {
    await holdTenant(deps, connection.user.tenantId, retryAfter)
  }
  await deps.tokenSets.postpone({
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    failure: { code, at: now, count },
    nextRefreshAt,
    // It is no word that whoever had to act has done so.
    reason: connection.reason,
    claims: connection.claims,
  })
  return { outcome: 'transient', code, retryAt: nextRefreshAt, ...grantAge(connection, now) }
}

function grantAge({ tokenSet }: ConnectedConnection, now: Date) {
  return { isGrantExpiring: isGrantExpiring(tokenSet.obtainedAt, now) }
}

async function block(
  deps: FailureDependencies,
  connection: ConnectedConnection,
  refusal: Refusal,
): Promise<Extract<RefreshOutcome, { outcome: 'blocked' }>> {
  const now = deps.now()
  const reason = reasonFor(refusal, now)
  const nextRefreshAt = probeAt(now, connection.id)
  const count = (connection.failure?.count ?? 0) + 1
  await deps.tokenSets.postpone({
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    failure: { code: reason.code, at: now, count },
    nextRefreshAt,
    reason,
    claims: refusal.claims,
  })
  return { outcome: 'blocked', reason, retryAt: nextRefreshAt, ...grantAge(connection, now) }
}

async function requireReauthorization(
  deps: FailureDependencies,
  connection: ConnectedConnection,
  { refusal, trace }: { readonly refusal: Refusal; readonly trace: MicrosoftTrace },
): Promise<RefreshOutcome> {
  const reason = reasonFor(refusal, deps.now())
  const required = await deps.tokenSets.requireReauthorization({
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    reason,
    claims: refusal.claims,
  })
  if (required) return { outcome: 'reauthorization_required', reason, trace }
  return whatIsStored(await deps.tokenSets.read(connection.id))
}

/** The generation has moved, or somebody else has said the same: what is stored is the truth. */
function whatIsStored(connection: Connection | undefined): RefreshOutcome {
  if (connection === undefined) return { outcome: 'gone', status: undefined }
  const { status, reason, generation } = connection
  if (status === 'reauthorization_required' && reason) {
    return { outcome: 'reauthorization_required', reason }
  }
  if (!isConnected(connection)) return { outcome: 'gone', status }
  const expiresAt = connection.tokenSet.accessTokenExpiresAt
  return { outcome: 'refreshed', generation, expiresAt }
}

/** What such a failure is called. */
export function failureCodeOf(failure: TokenEndpointFailure, now: Date): string {
  switch (failure.outcome) {
    case 'refused':
      return reasonFor(failure.refusal, now).code
    case 'malformed':
      return 'answer_not_valid'
    case 'unavailable':
      return failure.status === undefined ? 'no_answer' : `http_${failure.status}`
  }
}

/** When Microsoft says to come back, where it says so. */
export function retryAfterOf(failure: TokenEndpointFailure): Date | undefined {
  if (failure.outcome === 'malformed') return undefined
  return failure.outcome === 'refused' ? failure.refusal.retryAfter : failure.retryAfter
}
