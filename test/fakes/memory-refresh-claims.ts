import {
  REFRESH_CLAIM_LIFETIME_MS,
  type RefreshClaims,
} from '../../functions/domain/refresh-claims.ts'

export function memoryRefreshClaims(): RefreshClaims {
  const expiries = new Map<string, number>()
  return {
    claim: async (connectionId, generation, now) => {
      const key = `${connectionId}#${generation}`
      const isHeld = (expiries.get(key) ?? 0) >= now.getTime()
      if (!isHeld) expiries.set(key, now.getTime() + REFRESH_CLAIM_LIFETIME_MS)
      return !isHeld
    },
  }
}
