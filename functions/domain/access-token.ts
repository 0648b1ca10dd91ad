import type { Clock } from './clock.ts'
import {
  type ConnectedConnection,
  type Connection,
  type ConnectionStatus,
  isConnected,
} from './connection.ts'
import type { Connections } from './connections.ts'
import type { Reason } from './reason.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { isHotWindowEnding } from './refresh-schedule.ts'
import type { TokenSealer } from './token-sealer.ts'
import type { Wait } from './wait.ts'

/** Asks whoever may open refresh tokens to renew a connection. */
export interface RefreshRequests {
  /**
   * @param when as in a refresh: `now`, or the generation that is not good enough
   * @throws ServiceError `refresh_unavailable` when the asked one does not answer.
   */
  refresh(connectionId: number, when: 'now' | number): Promise<RefreshOutcome>
  /** Asks for a renewal without waiting for it; whether it was heard does not matter to the caller. */
  refreshSoon(connectionId: number, generation: number): Promise<void>
}

export interface AccessTokenDependencies {
  readonly connections: Pick<Connections, 'read'>
  readonly accessTokens: TokenSealer
  readonly refreshRequests: RefreshRequests
  readonly now: Clock
  readonly wait: Wait
}

export interface AccessTokenRequest {
  readonly accountId: string
  readonly connectionId: number
  /** The token has to be good for at least this long. */
  readonly minValidityMs: number
  /** Renew even when the stored token would do. */
  readonly forceRefresh: boolean
}

export type AccessTokenOutcome =
  | {
      readonly outcome: 'served'
      readonly accessToken: string
      readonly expiresAt: Date
      readonly resource: string
    }
  | { readonly outcome: 'unknown' }
  | {
      readonly outcome: 'not_connected'
      readonly status: ConnectionStatus
      readonly reason: Reason | undefined
    }
  /** No token that is good for long enough could be had; `retryAt` says when it may. */
  | {
      readonly outcome: 'unavailable'
      readonly why: 'temporarily_unavailable' | 'app_credential_rejected' | 'validity_unavailable'
      /** Who must act, where it is not only a matter of waiting. */
      readonly reason: Reason | undefined
      readonly retryAt: Date
    }

/** When to ask again what could not be had now. */
const RETRY_MS = 2 * 1000

/** Looks for the result of a refresh that another holder has under way: often at first, for 6 s in all. */
const IN_PROGRESS_WAITS_MS = [50, 100, 200, 400, 750, 1000, 1500, 2000]

/**
 * Serves an access token of the connection that is valid for at least as long as asked; renews it
 * first when the stored one is not.
 */
export async function accessTokenFor(
  deps: AccessTokenDependencies,
  request: AccessTokenRequest,
): Promise<AccessTokenOutcome> {
  const connection = await deps.connections.read(request.accountId, request.connectionId)
  if (connection === undefined) return { outcome: 'unknown' }
  if (!isConnected(connection)) return notConnected(connection)
  if (!request.forceRefresh && isGoodFor(connection, request.minValidityMs, deps.now())) {
    await keepHot(deps, connection)
    return serve(deps, connection)
  }
  const { id, generation } = connection
  const refreshed = await deps.refreshRequests.refresh(id, generation)
  const isUnderWay = refreshed.outcome === 'in_progress'
  const after = isUnderWay
    ? await nextGeneration(deps, request, generation)
    : await deps.connections.read(request.accountId, id)
  return serveAfter(deps, { request, connection: after, refreshed })
}

/** Being asked for keeps a connection hot; that is written down by a refresh, so once a day is enough. */
async function keepHot(
  deps: AccessTokenDependencies,
  { id, generation, hotUntil }: ConnectedConnection,
): Promise<void> {
  const isEnding = hotUntil === undefined || isHotWindowEnding(hotUntil, deps.now())
  if (isEnding) await deps.refreshRequests.refreshSoon(id, generation)
}

/** Waits for whoever is redeeming this generation, and gives up when it takes too long. */
async function nextGeneration(
  deps: AccessTokenDependencies,
  { accountId, connectionId }: AccessTokenRequest,
  generation: number,
): Promise<Connection | undefined> {
  let connection: Connection | undefined
  for (const wait of IN_PROGRESS_WAITS_MS) {
    await deps.wait(wait)
    connection = await deps.connections.read(accountId, connectionId)
    const isAsBefore = connection?.generation === generation && connection.status === 'connected'
    if (!isAsBefore) return connection
  }
  return connection
}

async function serveAfter(
  deps: AccessTokenDependencies,
  attempt: {
    readonly request: AccessTokenRequest
    readonly connection: Connection | undefined
    readonly refreshed: RefreshOutcome
  },
): Promise<AccessTokenOutcome> {
  const { request, connection, refreshed } = attempt
  if (connection === undefined) return { outcome: 'unknown' }
  if (!isConnected(connection)) return notConnected(connection)
  if (isGoodFor(connection, request.minValidityMs, deps.now())) return serve(deps, connection)
  return unavailable(refreshed, deps.now())
}

function unavailable(refreshed: RefreshOutcome, now: Date): AccessTokenOutcome {
  const soon = new Date(now.getTime() + RETRY_MS)
  const outcome = 'unavailable'
  switch (refreshed.outcome) {
    case 'transient': {
      const { retryAt } = refreshed
      return { outcome, why: 'temporarily_unavailable', reason: undefined, retryAt }
    }
    case 'blocked': {
      const { reason, retryAt } = refreshed
      return { outcome, why: 'temporarily_unavailable', reason, retryAt }
    }
    case 'app_credential_rejected': {
      const { retryAt } = refreshed
      return { outcome, why: 'app_credential_rejected', reason: undefined, retryAt }
    }
    case 'refreshed':
      return { outcome, why: 'validity_unavailable', reason: undefined, retryAt: soon }
    case 'in_progress':
    case 'not_due':
    case 'reauthorization_required':
    case 'gone':
      return { outcome, why: 'temporarily_unavailable', reason: undefined, retryAt: soon }
  }
}

function isGoodFor(connection: ConnectedConnection, minValidityMs: number, now: Date): boolean {
  return connection.tokenSet.accessTokenExpiresAt.getTime() - now.getTime() >= minValidityMs
}

function notConnected(connection: {
  readonly status: ConnectionStatus
  readonly reason: Reason | undefined
}): AccessTokenOutcome {
  return { outcome: 'not_connected', status: connection.status, reason: connection.reason }
}

async function serve(
  deps: AccessTokenDependencies,
  connection: ConnectedConnection,
): Promise<AccessTokenOutcome> {
  const binding = { connectionId: connection.id, generation: connection.generation }
  const { sealedAccessToken, accessTokenExpiresAt: expiresAt } = connection.tokenSet
  const accessToken = await deps.accessTokens.open(binding, sealedAccessToken)
  return { outcome: 'served', accessToken, expiresAt, resource: connection.resource }
}
