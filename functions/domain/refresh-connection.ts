import { randomUUID } from 'node:crypto'
import { concludeFailure } from './conclude-refresh-failure.ts'
import { type ConnectedConnection, isConnected } from './connection.ts'
import { concludeProbe, heldBack } from './heed-brakes.ts'
import { isAppRejected, redeemWithAppCredential } from './redeem-with-app-credential.ts'
import type { AppBreaker } from './refresh-brakes.ts'
import { REDEMPTION_LIMIT_MS, REFRESH_CLAIM_LIFETIME_MS } from './refresh-claims.ts'
import type { RefreshDependencies } from './refresh-dependencies.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import type { RequestTurns } from './request-turns.ts'
import { storeRefreshed } from './store-refreshed.ts'

/** Which connection to refresh, and whether its time matters. */
export interface RefreshRequest {
  readonly connectionId: number
  /**
   * `due`: only when its time has come. `now`: whatever the schedule says. A number: only while that
   * generation is the stored one, so that whoever wants something newer than it does not refresh twice.
   */
  readonly when: 'due' | 'now' | number
  readonly signal: AbortSignal
  /** Whose turn it is to ask Microsoft, when there are many; without it the request is sent at once. */
  readonly turns?: RequestTurns
}

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
  const [refreshToken, brakes] = await Promise.all([
    deps.refreshTokens.open(bindingOf(connection), connection.tokenSet.sealedRefreshToken),
    deps.refreshBrakes.read(connection.user.tenantId),
    // What cannot be read fails here, before anything is redeemed that could not be stored.
    deps.appCredentials.read(),
    deps.accessTokens.ready(),
  ])
  const held = await heldBack(deps, brakes)
  if (held) return held
  return claimAndRedeem(deps, { connection, refreshToken, request, probes: brakes.appBreaker })
}

interface Redemption {
  readonly connection: ConnectedConnection
  readonly refreshToken: string
  readonly request: RefreshRequest
  /** The breaker that this redemption probes. */
  readonly probes: AppBreaker | undefined
}

async function claimAndRedeem(
  deps: RefreshDependencies,
  redemption: Redemption,
): Promise<RefreshOutcome> {
  const { connection, request, probes } = redemption
  const claimedAt = deps.now()
  const claimed = await deps.refreshClaims.claim({
    ...bindingOf(connection),
    holder: randomUUID(),
    now: claimedAt,
  })
  const answer = claimed ? await redeemInTurn(deps, redemption, claimedAt) : undefined
  if (answer === undefined)
    return recentFailureOf(connection, claimedAt) ?? { outcome: 'in_progress' }
  const isByRequest = request.when !== 'due'
  const outcome =
    answer.outcome === 'issued'
      ? await storeRefreshed(deps, { connection, tokenSet: answer.tokenSet, isByRequest })
      : await concludeFailure(deps, connection, answer)
  await concludeProbe(deps, probes, answer)
  return outcome
}

/** The claim is that of an attempt that has just failed: whoever asks is told so instead of waiting for it. */
function recentFailureOf(connection: ConnectedConnection, now: Date): RefreshOutcome | undefined {
  const { failure, reason, nextRefreshAt: retryAt } = connection
  if (failure === undefined || retryAt === undefined) return undefined
  if (now.getTime() - failure.at.getTime() >= REFRESH_CLAIM_LIFETIME_MS) return undefined
  return reason
    ? { outcome: 'blocked', reason, retryAt }
    : { outcome: 'transient', code: failure.code, retryAt }
}

/** `undefined` when nothing was sent: its turn came too late for the claim, or never. */
async function redeemInTurn(deps: RefreshDependencies, redemption: Redemption, claimedAt: Date) {
  const { probes, request } = redemption
  const send = async () => {
    const isTooLate = deps.now().getTime() - claimedAt.getTime() > REDEMPTION_LIMIT_MS
    if (isTooLate) return undefined
    const answer = await redeem(deps, redemption)
    // Before the turn passes on: those who wait would only hear the same.
    if (isAppRejected(answer)) request.turns?.callOff()
    return answer
  }
  // A probe is one in a minute, and decides whether there is anything to wait for.
  const waitsForNobody = probes !== undefined || request.turns === undefined
  return waitsForNobody ? send() : request.turns.take(send)
}

function redeem(deps: RefreshDependencies, redemption: Redemption) {
  const { connection, refreshToken, request } = redemption
  const { authority, resource, user } = connection
  // The environment's tenant, also when the sign-in had to go through `organizations`.
  const tenant = authority.tenant === 'organizations' ? user.tenantId : authority.tenant
  const limit = AbortSignal.timeout(REDEMPTION_LIMIT_MS)
  const grant = {
    authority: { ...authority, tenant },
    refreshToken,
    resource,
    user,
    signal: AbortSignal.any([request.signal, limit]),
  }
  return redeemWithAppCredential(deps.appCredentials, (appCredential) =>
    deps.tokenEndpoint.refresh({ ...grant, appCredential }),
  )
}

function isWanted(connection: ConnectedConnection, request: RefreshRequest, now: Date): boolean {
  if (request.when === 'now') return true
  if (request.when === 'due') return (connection.nextRefreshAt ?? now) <= now
  return connection.generation === request.when
}

function bindingOf({ id: connectionId, generation }: ConnectedConnection) {
  return { connectionId, generation }
}
