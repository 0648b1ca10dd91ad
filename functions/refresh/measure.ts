import type { AppCredentials } from '../domain/app-credentials.ts'
import type { Clock } from '../domain/clock.ts'
import type { CountConnections } from '../domain/connection-counts.ts'
import type { RefreshMetrics } from '../metrics.ts'

export interface MeasureDependencies {
  readonly countConnections: CountConnections
  readonly appCredentials: Pick<AppCredentials, 'read'>
  readonly now: Clock
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Measures what no single refresh sees: how many connections are of which status, and for how many days
 * the app credential is still good. One that cannot be measured does not keep the other back.
 */
export async function measure(deps: MeasureDependencies, metrics: RefreshMetrics): Promise<void> {
  const measured = await Promise.allSettled([
    deps.countConnections().then(metrics.connections),
    deps.appCredentials.read().then(({ endsAt }) => {
      if (endsAt) metrics.appCredentialDaysLeft(daysBetween(deps.now(), endsAt))
    }),
  ])
  const failed = measured.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** Whole days, so that on the last one none is left. */
function daysBetween(now: Date, end: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / DAY_MS)
}
