import type { AppCredentials } from './app-credentials.ts'
import type { Clock } from './clock.ts'
import { type ConnectedConnection, type ConnectionStatus, isConnected } from './connection.ts'
import { reasonFor } from './guidance.ts'
import type { Reason } from './reason.ts'
import type { RefreshClaims } from './refresh-claims.ts'
import { nextRefreshOf, retryAt } from './refresh-schedule.ts'
import { meaningOf } from './refusal.ts'
import { sealTokenSet } from './seal-token-set.ts'
import type {
  RefreshTokenGrant,
  TokenEndpoint,
  TokenEndpointFailure,
  TokenSet,
} from './token-endpoint.ts'
import type { TokenSealer } from './token-sealer.ts'
import type { TokenSets } from './token-sets.ts'

export interface RefreshDependencies {
  readonly tokenSets: TokenSets
  readonly refreshClaims: RefreshClaims
  readonly tokenEndpoint: TokenEndpoint
  readonly appCredentials: AppCredentials
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  readonly now: Clock
}

export interface RefreshRequest {
  readonly connectionId: number
  /**
   * `due`: only when its time has come. `now`: whatever the schedule says. A number: only while that
   * generation is the stored one, so that whoever wants something newer than it does not refresh twice.
   */
  readonly when: 'due' | 'now' | number
  readonly signal: AbortSignal
}

/** What a refresh did. */
export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly generation: number; readonly expiresAt: Date }
  /** There was nothing to do: not its time yet, or a newer generation is stored already. */
  | { readonly outcome: 'not_due' }
  /** Another holder is redeeming this generation. */
  | { readonly outcome: 'in_progress' }
  /** It will be tried again at `retryAt`; the stored tokens are as they were. */
  | { readonly outcome: 'transient'; readonly code: string; readonly retryAt: Date }
  /** Microsoft does not accept the partner's own credential; no connection changes for it. */
  | { readonly outcome: 'app_credential_rejected'; readonly code: string; readonly retryAt: Date }
  | { readonly outcome: 'reauthorization_required'; readonly reason: Reason }
  /** It holds no grant to refresh; `status` is absent when there is no such connection. */
  | { readonly outcome: 'gone'; readonly status: ConnectionStatus | undefined }

/**
 * Renews one connection's tokens: claims the generation, redeems the refresh token, and stores the new
 * set on condition that the generation is still the one that was read. Whatever fails, the stored
 * tokens stay, and only Microsoft's clear word about the current generation changes the status.
 */
export async function refreshConnection(
  deps: RefreshDependencies,
  request: RefreshRequest,
): Promise<RefreshOutcome> {
  const connection = await deps.tokenSets.read(request.connectionId)
  if (connection === undefined || !isConnected(connection)) {
    return { outcome: 'gone', status: connection?.status }
  }
  if (!isWanted(connection, request, deps.now())) return { outcome: 'not_due' }
  const grant = await refreshTokenGrantOf(deps, connection, request.signal)
  const claimed = await deps.refreshClaims.claim(connection.id, connection.generation, deps.now())
  if (!claimed) return { outcome: 'in_progress' }
  const answer = await deps.tokenEndpoint.refresh(grant)
  return answer.outcome === 'issued'
    ? store(deps, connection, answer.tokenSet)
    : giveUp(deps, connection, answer)
}

function isWanted(connection: ConnectedConnection, request: RefreshRequest, now: Date): boolean {
  if (request.when === 'now') return true
  if (request.when === 'due') return (connection.nextRefreshAt ?? now) <= now
  return connection.generation === request.when
}

/** Everything that the redemption needs, gathered before the claim so that a failure here costs none. */
async function refreshTokenGrantOf(
  deps: RefreshDependencies,
  connection: ConnectedConnection,
  signal: AbortSignal,
): Promise<RefreshTokenGrant> {
  const { id: connectionId, generation, authority, resource, user, tokenSet } = connection
  const [appCredential, refreshToken] = await Promise.all([
    deps.appCredentials.read(),
    deps.refreshTokens.open({ connectionId, generation }, tokenSet.sealedRefreshToken),
  ])
  // The environment's tenant, also when the sign-in had to go through `organizations`.
  const tenant = authority.tenant === 'organizations' ? user.tenantId : authority.tenant
  return {
    authority: { ...authority, tenant },
    appCredential,
    refreshToken,
    resource,
    user,
    signal,
  }
}

async function store(
  deps: RefreshDependencies,
  connection: ConnectedConnection,
  tokenSet: TokenSet,
): Promise<RefreshOutcome> {
  const next = { connectionId: connection.id, generation: connection.generation + 1 }
  const stored = await deps.tokenSets.replace({
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    tokenSet: await sealTokenSet(deps, next, tokenSet),
    nextRefreshAt: nextRefreshOf(tokenSet, next),
  })
  if (!stored) return whatHappenedMeanwhile(deps, connection)
  const { generation } = next
  return { outcome: 'refreshed', generation, expiresAt: tokenSet.accessTokenExpiresAt }
}

async function giveUp(
  deps: RefreshDependencies,
  connection: ConnectedConnection,
  failure: TokenEndpointFailure,
): Promise<RefreshOutcome> {
  if (failure.outcome !== 'refused') return postpone(deps, connection, failure)
  const meaning = meaningOf(failure.refusal)
  if (meaning === 'passing') return postpone(deps, connection, failure)
  const reason = reasonFor(failure.refusal, deps.now())
  if (meaning === 'app_rejected') {
    const { retryAt } = await postpone(deps, connection, failure)
    return { outcome: 'app_credential_rejected', code: reason.code, retryAt }
  }
  const required = await deps.tokenSets.requireReauthorization({
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    reason,
  })
  return required
    ? { outcome: 'reauthorization_required', reason }
    : whatHappenedMeanwhile(deps, connection)
}

async function postpone(
  deps: RefreshDependencies,
  connection: ConnectedConnection,
  failure: TokenEndpointFailure,
): Promise<Extract<RefreshOutcome, { outcome: 'transient' }>> {
  const now = deps.now()
  const count = (connection.failure?.count ?? 0) + 1
  const code = failureCodeOf(failure, now)
  const retryAfter = retryAfterOf(failure)
  const nextRefreshAt = retryAt(now, { connectionId: connection.id, count, retryAfter })
  await deps.tokenSets.postpone({
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    failure: { code, at: now, count },
    nextRefreshAt,
  })
  return { outcome: 'transient', code, retryAt: nextRefreshAt }
}

function failureCodeOf(failure: TokenEndpointFailure, now: Date): string {
  switch (failure.outcome) {
    case 'refused':
      return reasonFor(failure.refusal, now).code
    case 'malformed':
      return 'answer_not_valid'
    case 'unavailable':
      return failure.status === undefined ? 'no_answer' : `http_${failure.status}`
  }
}

function retryAfterOf(failure: TokenEndpointFailure): Date | undefined {
  if (failure.outcome === 'malformed') return undefined
  return failure.outcome === 'refused' ? failure.refusal.retryAfter : failure.retryAfter
}

/** Another writer came first: its result is the truth. */
async function whatHappenedMeanwhile(
  deps: RefreshDependencies,
  before: ConnectedConnection,
): Promise<RefreshOutcome> {
  const connection = await deps.tokenSets.read(before.id)
  if (connection === undefined || !isConnected(connection)) {
    return { outcome: 'gone', status: connection?.status }
  }
  return {
    outcome: 'refreshed',
    generation: connection.generation,
    expiresAt: connection.tokenSet.accessTokenExpiresAt,
  }
}
