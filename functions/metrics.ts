import type { ConnectionStatus } from './domain/connection.ts'
import type { Who } from './domain/reason.ts'
import type { AppCredentialNotice } from './domain/refresh-dependencies.ts'
import { embeddedMetrics, type MetricUnit } from './embedded-metrics.ts'
import { METRIC, type RefreshResult } from './metric-names.ts'

interface Flushed {
  /** Writes what was measured since the last time, as one line in CloudWatch's embedded metric format. */
  flush(): void
}

/** What refreshing measures: counts by name, an age, and levels. */
export interface RefreshMetrics extends Flushed {
  /** What became of so many refreshes. */
  outcomes(counts: Readonly<Partial<Record<RefreshResult, number>>>): void
  /** Somebody must act before a refresh works. */
  mustAct(who: Who): void
  /** How long the longest due connection of a shard had been due when its sweep began. */
  oldestDue(milliseconds: number): void
  /** A grant that may soon end for lack of use. */
  grantExpiring(): void
  /** The app credential was rejected or restored, or only the newest one was rejected. */
  appCredential(what: AppCredentialNotice): void
  /** How many days the app credential is good for; negative after its end. */
  appCredentialDaysLeft(days: number): void
  /** How many connections there are of each status. */
  connections(counts: Readonly<Record<ConnectionStatus, number>>): void
}

/** What sign-ins measure. */
export interface SignInMetrics extends Flushed {
  succeeded(): void
  /** Somebody must act before the sign-in works. */
  mustAct(who: Who): void
  /** Microsoft did not accept the app credential. */
  appCredentialRejected(): void
  /** Microsoft accepted the previous one, and not the newest. */
  appCredentialNewestRejected(): void
}

const NOTICES: Readonly<Record<AppCredentialNotice, string>> = {
  app_credential_rejected: METRIC.appCredentialRejected,
  app_credential_restored: METRIC.appCredentialRestored,
  app_credential_newest_rejected: METRIC.appCredentialNewestRejected,
}

export function refreshMetrics(serviceName: string): RefreshMetrics {
  const { count, gauge, flush } = namedMetrics(serviceName)
  return {
    outcomes: (counts) => {
      for (const [result, value] of Object.entries(counts)) {
        count(METRIC.refresh(result as RefreshResult), value)
      }
    },
    mustAct: (who) => count(METRIC.mustAct(who), 1),
    oldestDue: (milliseconds) => gauge(METRIC.oldestDueAge, milliseconds, 'Milliseconds'),
    grantExpiring: () => count(METRIC.grantExpiring, 1),
    appCredential: (what) => count(NOTICES[what], 1),
    appCredentialDaysLeft: (days) => gauge(METRIC.appCredentialDaysLeft, days, 'None'),
    connections: (counts) => {
      for (const [status, value] of Object.entries(counts)) {
        gauge(METRIC.connections(status as ConnectionStatus), value, 'Count')
      }
    },
    flush,
  }
}

export function signInMetrics(serviceName: string): SignInMetrics {
  const { count, flush } = namedMetrics(serviceName)
  return {
    succeeded: () => count(METRIC.signInSucceeded, 1),
    mustAct: (who) => count(METRIC.mustAct(who), 1),
    appCredentialRejected: () => count(METRIC.appCredentialRejected, 1),
    appCredentialNewestRejected: () => count(METRIC.appCredentialNewestRejected, 1),
    flush,
  }
}

interface NamedMetrics extends Flushed {
  count(name: string, value: number): void
  gauge(name: string, value: number, unit: MetricUnit): void
}

/** Counts are added up until they are written, since a sweep of thousands would fill line after line. */
function namedMetrics(serviceName: string): NamedMetrics {
  const metrics = embeddedMetrics(serviceName)
  const counts = new Map<string, number>()
  return {
    count: (name, value) => {
      counts.set(name, (counts.get(name) ?? 0) + value)
    },
    gauge: (name, value, unit) => void metrics.add(name, unit, value),
    flush: () => {
      for (const [name, value] of counts) metrics.add(name, 'Count', value)
      counts.clear()
      metrics.flush()
    },
  }
}
