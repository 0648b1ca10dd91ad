import type { Clock } from './clock.ts'
import { type ConnectedConnection, type ConnectionStatus, isConnected } from './connection.ts'
import type { Connections } from './connections.ts'
import type { Reason } from './reason.ts'
import type { RefreshOutcome } from './refresh-connection.ts'
import type { TokenSealer } from './token-sealer.ts'

/** Asks whoever may open refresh tokens to renew a connection. */
export interface RefreshRequests {
  /**
   * @param when as in a refresh: `now`, or the generation that is not good enough
   * @throws ServiceError `refresh_unavailable` when the asked one does not answer.
   */
  refresh(connectionId: number, when: 'now' | number): Promise<RefreshOutcome>
}

export interface AccessTokenDependencies {
  readonly connections: Pick<Connections, 'read'>
  readonly accessTokens: TokenSealer
  readonly refreshRequests: RefreshRequests
  readonly now: Clock
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
      readonly retryAt: Date
    }

/** How long a caller waits who meets a refresh under way. */
const IN_PROGRESS_RETRY_MS = 2 * 1000

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
    return serve(deps, connection)
  }
  const refreshed = await deps.refreshRequests.refresh(connection.id, connection.generation)
  return serveAfter(deps, request, refreshed)
}

async function serveAfter(
  deps: AccessTokenDependencies,
  request: AccessTokenRequest,
  refreshed: RefreshOutcome,
): Promise<AccessTokenOutcome> {
  const connection = await deps.connections.read(request.accountId, request.connectionId)
  if (connection === undefined) return { outcome: 'unknown' }
  if (!isConnected(connection)) return notConnected(connection)
  if (isGoodFor(connection, request.minValidityMs, deps.now())) return serve(deps, connection)
  return unavailable(refreshed, deps.now())
}

function unavailable(refreshed: RefreshOutcome, now: Date): AccessTokenOutcome {
  const soon = new Date(now.getTime() + IN_PROGRESS_RETRY_MS)
  switch (refreshed.outcome) {
    case 'transient':
      return { outcome: 'unavailable', why: 'temporarily_unavailable', retryAt: refreshed.retryAt }
    case 'app_credential_rejected':
      return { outcome: 'unavailable', why: 'app_credential_rejected', retryAt: refreshed.retryAt }
    case 'refreshed':
      return { outcome: 'unavailable', why: 'validity_unavailable', retryAt: soon }
    case 'in_progress':
    case 'not_due':
    case 'reauthorization_required':
    case 'gone':
      return { outcome: 'unavailable', why: 'temporarily_unavailable', retryAt: soon }
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
