import {
  REFRESH_CLAIM_LIFETIME_MS,
  type RefreshClaims,
} from '../../functions/domain/refresh-claims.ts'

export function memoryRefreshClaims(): RefreshClaims {
  const held = new Map<string, { readonly holder: string; readonly until: number }>()
  return {
    claim: async ({ connectionId, generation, holder, now }) => {
      const key = `${connectionId}#${generation}`
      const claim = held.get(key)
      const isAnothers = claim && claim.holder !== holder && claim.until >= now.getTime()
      if (isAnothers) return false
      held.set(key, { holder, until: now.getTime() + REFRESH_CLAIM_LIFETIME_MS })
      return true
    },
  }
}
