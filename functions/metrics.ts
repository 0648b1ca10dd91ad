import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/** What is measured: counts by name, and one age. */
export interface RefreshMetrics {
  /** What became of so many refreshes. */
  outcomes(counts: Readonly<Record<string, number>>): void
  /** How long the longest due connection of a shard had been due when its sweep began. */
  oldestDue(milliseconds: number): void
  /** A grant that may soon end for lack of use. */
  grantExpiring(): void
  /** The app credential was rejected or restored. */
  appCredential(what: 'app_credential_rejected' | 'app_credential_restored'): void
  /** Writes what was measured since the last time, as one line in CloudWatch's embedded metric format. */
  flush(): void
}

/** Where all that the functions measure is found in CloudWatch. */
export const NAMESPACE = 'DynamicsConnect'

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export function refreshMetrics(serviceName: string): RefreshMetrics {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName })
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value)
  return {
    outcomes: (counts) => {
      for (const [outcome, value] of Object.entries(counts)) count(`Refresh.${outcome}`, value)
    },
    oldestDue: (milliseconds) =>
      void metrics.addMetric('OldestDueAge', MetricUnit.Milliseconds, milliseconds),
    grantExpiring: () => void count('GrantExpiring', 1),
    appCredential: (what) => void count(`AppCredential.${what.replace('app_credential_', '')}`, 1),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics()
    },
  }
}
