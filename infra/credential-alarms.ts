import { Duration } from 'aws-cdk-lib'
import { ComparisonOperator, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { METRIC } from '../functions/metric-names.ts'
import type { Condition, Conditions } from './alarm-condition.ts'
import { measured, sumOf } from './watched-metrics.ts'

/** Time to make a new credential in working hours, and the last call. */
const DAYS_LEFT = { AppCredentialExpiring: 30, AppCredentialExpiringSoon: 7 } as const

/** When the app credential is in the way, or soon will be. */
export function credentialAlarms(): Conditions {
  const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) }
  const anHour = { statistic: Stats.SUM, period: Duration.hours(1) }
  const atRefresh = METRIC.refresh('app_credential_rejected')
  const newest = METRIC.appCredentialNewestRejected
  return {
    // Every sweep meets the breaker again while something is due, so that the alarm stays on.
    AppCredentialRejected: {
      metric: measured('refresh', atRefresh, fiveMinutes),
      threshold: 0,
      evaluationPeriods: 1,
    },
    AppCredentialRejectedAtSignIn: {
      metric: measured('callback', METRIC.appCredentialRejected, fiveMinutes),
      threshold: 0,
      evaluationPeriods: 1,
    },
    NewestAppCredentialRejected: {
      metric: sumOf(
        'newest',
        [measured('refresh', newest, anHour), measured('callback', newest, anHour)],
        { period: anHour.period },
      ),
      threshold: 0,
      evaluationPeriods: 1,
    },
    AppCredentialExpiring: ending(DAYS_LEFT.AppCredentialExpiring),
    AppCredentialExpiringSoon: ending(DAYS_LEFT.AppCredentialExpiringSoon),
  }
}

function ending(daysLeft: number): Condition {
  const least = { statistic: Stats.MINIMUM, period: Duration.hours(1) }
  return {
    metric: measured('refresh', METRIC.appCredentialDaysLeft, least),
    comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: daysLeft,
    evaluationPeriods: 1,
  }
}
