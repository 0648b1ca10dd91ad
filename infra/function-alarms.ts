import { Duration } from 'aws-cdk-lib'
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Conditions } from './alarm-condition.ts'
import {
  ofTheApi,
  sumOverFunctions,
  tableThrottles,
  type WatchedFunctions,
  type WatchedTable,
} from './watched-metrics.ts'

const FEWEST_ERRORS = 5
const ERROR_LIMIT_PERCENT = 5

export interface FunctionAlarmsProps {
  readonly functions: WatchedFunctions
  readonly apiId: string
  readonly tables: readonly WatchedTable[]
}

/** When callers meet errors, functions fail, or AWS holds them back. */
export function functionAlarms({ functions, apiId, tables }: FunctionAlarmsProps): Conditions {
  const period = Duration.minutes(5)
  const all = Object.values(functions)
  const twoOfThree = { evaluationPeriods: 3, datapointsToAlarm: 2 }
  return {
    ErrorRate: {
      metric: errorRate(apiId),
      threshold: ERROR_LIMIT_PERCENT,
      evaluationPeriods: 1,
    },
    FunctionErrors: {
      metric: sumOverFunctions(all, 'Errors', { period }),
      threshold: 2,
      ...twoOfThree,
    },
    FunctionsThrottled: {
      metric: sumOverFunctions(all, 'Throttles', { period }),
      threshold: 0,
      ...twoOfThree,
    },
    TablesThrottled: { metric: tableThrottles(tables, { period }), threshold: 0, ...twoOfThree },
    ...(functions.rotation && {
      // A few errors in a year, which would go under among those of all functions.
      KeyringRotationFailed: {
        metric: functions.rotation.lambda.metricErrors({
          statistic: Stats.SUM,
          period: Duration.hours(1),
        }),
        threshold: 0,
        evaluationPeriods: 1,
      },
    }),
  }
}

/** The share of requests that met a server error, in percent; none when only a few did. */
function errorRate(apiId: string): MathExpression {
  const reading = { statistic: Stats.SUM, period: Duration.minutes(15) }
  return new MathExpression({
    expression: `IF(errors >= ${FEWEST_ERRORS}, 100 * errors / requests, 0)`,
    usingMetrics: {
      errors: ofTheApi(apiId, '5xx', reading),
      requests: ofTheApi(apiId, 'Count', reading),
    },
    period: reading.period,
  })
}
