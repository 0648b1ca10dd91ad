import type { Connection } from '../../../functions/domain/connection.ts'
import type { SweepDependencies } from '../../../functions/domain/sweep-shard.ts'

/**
 * A store that costs nothing but the list of what is due: what was read once is at hand, and writes are
 * forgotten. A sweep with it shows what all the rest costs.
 */
export function freeStore(
  deps: SweepDependencies,
): Pick<SweepDependencies, 'tokenSets' | 'refreshClaims' | 'refreshBrakes'> {
  const connections = new Map<number, Connection | undefined>()
  return {
    tokenSets: {
      ...deps.tokenSets,
      read: async (id) => {
        if (!connections.has(id)) connections.set(id, await deps.tokenSets.read(id))
        return connections.get(id)
      },
      replace: async () => true,
    },
    refreshClaims: { claim: async () => true },
    refreshBrakes: {
      ...deps.refreshBrakes,
      read: async () => ({ tenantHeldUntil: undefined, appBreaker: undefined }),
    },
  }
}
