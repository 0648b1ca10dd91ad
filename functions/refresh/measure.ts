import type { AppCredentials } from '../domain/app-credentials.ts'
import type { Clock } from '../domain/clock.ts'
import type { CountConnections } from '../domain/connection-counts.ts'
import type { ServiceRecord } from '../domain/service-record.ts'
import type { Operations } from './report-refresh.ts'

export interface MeasureDependencies {
  readonly countConnections: CountConnections
  readonly record: Pick<ServiceRecord, 'keepCensus'>
  readonly appCredentials: Pick<AppCredentials, 'read'>
  readonly now: Clock
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Measures what no single refresh sees: how many connections are of which status, and for how many days
 * the app credential is still good. One that cannot be measured does not keep the other back. The count
 * is also kept as a census, if it can be.
 */
export async function measure(
  deps: MeasureDependencies,
  { metrics, log }: Operations,
  requestId: string,
): Promise<void> {
  const count = async () => {
    const census = await deps.countConnections()
    metrics.connections(census.counts)
    const keeping = deps.record.keepCensus({ ...census, at: deps.now() })
    await keeping.catch((error: unknown) => log.failure('census_not_kept', error, { requestId }))
  }
  const measured = await Promise.allSettled([
    count(),
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
