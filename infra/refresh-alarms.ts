import { Duration } from 'aws-cdk-lib'
import {
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { METRIC } from '../functions/metric-names.ts'
import type { Conditions } from './alarm-condition.ts'
import { measured } from './watched-metrics.ts'

/** Sweeps that may be missing in {@link SWEEPS_WATCHED}: one shard that stands still misses five. */
const SWEEPS_SPARED = 3
const SWEEPS_WATCHED = Duration.minutes(5)

/** Half of the ten minutes by which a token is renewed ahead. */
const OLDEST_DUE_LIMIT = Duration.minutes(5)

/** A handful is what happens: people leave, passwords are reset. */
const FEWEST_REAUTHORIZATIONS = 5
const REAUTHORIZATION_LIMIT_PERCENT = 1

/** When tokens are not renewed as they should be. */
export function refreshAlarms(shards: number): Conditions {
  const sweeps = { statistic: Stats.SAMPLE_COUNT, period: SWEEPS_WATCHED }
  const oldest = { statistic: Stats.MAXIMUM, period: Duration.minutes(1) }
  const errors = { statistic: Stats.SUM, period: Duration.minutes(30) }
  return {
    SweepNotRunning: {
      metric: measured('refresh', METRIC.oldestDueAge, sweeps),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: SWEEPS_WATCHED.toMinutes() * shards - SWEEPS_SPARED,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.BREACHING,
    },
    OldestDueTooOld: {
      metric: measured('refresh', METRIC.oldestDueAge, oldest),
      threshold: OLDEST_DUE_LIMIT.toMilliseconds(),
      evaluationPeriods: 5,
    },
    ReauthorizationRate: {
      metric: reauthorizationRate(),
      threshold: REAUTHORIZATION_LIMIT_PERCENT,
      evaluationPeriods: 1,
    },
    // An item that cannot be used is tried every quarter of an hour.
    RefreshErrors: {
      metric: measured('refresh', METRIC.refresh('error'), errors),
      threshold: 0,
      evaluationPeriods: 2,
    },
  }
}

/** The share of the connections that lost their grant within an hour, in percent; none when only a handful did. */
function reauthorizationRate(): MathExpression {
  const period = Duration.hours(1)
  const sum = { statistic: Stats.SUM, period }
  const average = { statistic: Stats.AVERAGE, period }
  return new MathExpression({
    expression: `IF(lost >= ${FEWEST_REAUTHORIZATIONS}, 100 * lost / (lost + connected), 0)`,
    usingMetrics: {
      lost: measured('refresh', METRIC.refresh('reauthorization_required'), sum),
      connected: measured('refresh', METRIC.connections('connected'), average),
    },
    period,
  })
}
