import {
  type AppBreaker,
  PROBE_INTERVAL_MS,
  type RefreshBrakes,
} from '../../functions/domain/refresh-brakes.ts'

export function memoryRefreshBrakes(): RefreshBrakes {
  const holds = new Map<string, Date>()
  let appBreaker: AppBreaker | undefined
  const probeAfter = (now: Date) => new Date(now.getTime() + PROBE_INTERVAL_MS)
  return {
    read: async (tenantId) => ({ tenantHeldUntil: holds.get(tenantId), appBreaker }),
    holdTenant: async (tenantId, until) => {
      const before = holds.get(tenantId)
      if (before === undefined || before < until) holds.set(tenantId, until)
    },
    openAppBreaker: async (code, now) => {
      if (appBreaker) return false
      appBreaker = { code, openedAt: now, nextProbeAt: probeAfter(now) }
      return true
    },
    takeProbe: async (now) => {
      if (appBreaker === undefined || appBreaker.nextProbeAt > now) return false
      appBreaker = { ...appBreaker, nextProbeAt: probeAfter(now) }
      return true
    },
    closeAppBreaker: async () => {
      const wasOpen = appBreaker !== undefined
      appBreaker = undefined
      return wasOpen
    },
  }
}
