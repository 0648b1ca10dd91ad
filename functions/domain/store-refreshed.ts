import type { ConnectedConnection, Connection, SealedTokenSet } from './connection.ts'
import { isConnected } from './connection.ts'
import type { RefreshDependencies } from './refresh-dependencies.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { HOT_WINDOW_MS, nextRefreshOf } from './refresh-schedule.ts'
import { sealTokenSet } from './seal-token-set.ts'
import { ServiceError } from './service-error.ts'
import type { TokenSet } from './token-endpoint.ts'
import type { Refreshed } from './token-sets.ts'

/** Waits between the tries to store what Microsoft has issued already, in milliseconds. */
const STORE_WAITS_MS = [100, 400, 1600, 3200]

type StoreDependencies = Pick<
  RefreshDependencies,
  'tokenSets' | 'accessTokens' | 'refreshTokens' | 'refreshPolicy' | 'now' | 'wait'
>

/**
 * Stores a refreshed token set as the next generation. What was issued is not given up for a store that
 * does not answer at once: it is tried again from memory. When another writer came first, its result is
 * the truth and is what this answers.
 */
export async function storeRefreshed(
  deps: StoreDependencies,
  refreshed: {
    readonly connection: ConnectedConnection
    readonly tokenSet: TokenSet
    /** Somebody asked for the token; a scheduled refresh alone keeps nothing hot. */
    readonly isByRequest: boolean
  },
): Promise<RefreshOutcome> {
  const { connection, tokenSet, isByRequest } = refreshed
  const next = { connectionId: connection.id, generation: connection.generation + 1 }
  const asked = new Date(deps.now().getTime() + HOT_WINDOW_MS)
  const hotUntil = isByRequest ? asked : (connection.hotUntil ?? asked)
  const { refreshPolicy: policy } = deps
  const sealed = await sealTokenSet(deps, next, tokenSet)
  const stored = await storeStubbornly(deps, {
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    tokenSet: sealed,
    nextRefreshAt: nextRefreshOf({ ...tokenSet, ...next, hotUntil, policy }),
    hotUntil,
  })
  if (!stored) return whatIsStored(deps, connection, sealed)
  const { generation } = next
  return { outcome: 'refreshed', generation, expiresAt: tokenSet.accessTokenExpiresAt }
}

async function storeStubbornly(deps: StoreDependencies, refreshed: Refreshed): Promise<boolean> {
  for (const wait of STORE_WAITS_MS) {
    try {
      return await deps.tokenSets.replace(refreshed)
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'store_unavailable') throw error
      await deps.wait(wait)
    }
  }
  return deps.tokenSets.replace(refreshed)
}

/** The write did not hold: another came first, or it was our own whose acknowledgement was lost. */
async function whatIsStored(
  deps: StoreDependencies,
  before: Connection,
  ours: SealedTokenSet,
): Promise<RefreshOutcome> {
  const connection = await deps.tokenSets.read(before.id)
  if (connection === undefined || !isConnected(connection)) {
    return { outcome: 'gone', status: connection?.status }
  }
  const { generation, tokenSet } = connection
  const isNewer = generation > before.generation
  const isOurs = Buffer.from(tokenSet.sealedAccessToken).equals(ours.sealedAccessToken)
  return isNewer || isOurs
    ? { outcome: 'refreshed', generation, expiresAt: tokenSet.accessTokenExpiresAt }
    : { outcome: 'in_progress' }
}
