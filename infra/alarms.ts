import { Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { METRIC } from '../functions/metric-names.ts'
import { type AlarmName, describe } from './alarm-texts.ts'
import {
  measured,
  ofTheApi,
  sumOverFunctions,
  tableThrottles,
  type WatchedFunction,
  type WatchedTable,
} from './watched-metrics.ts'

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD, LESS_THAN_OR_EQUAL_TO_THRESHOLD } =
  ComparisonOperator

/** Sweeps that may be missing in {@link SWEEPS_WATCHED}: one shard that stands still misses five. */
const SWEEPS_SPARED = 3
const SWEEPS_WATCHED = Duration.minutes(5)

/** Half of the ten minutes by which a token is renewed ahead. */
const OLDEST_DUE_LIMIT = Duration.minutes(5)

/** A handful is what happens: people leave, passwords are reset. */
const FEWEST_REAUTHORIZATIONS = 5
const REAUTHORIZATION_LIMIT_PERCENT = 1

const FEWEST_ERRORS = 5
const ERROR_LIMIT_PERCENT = 5

/** Time to make a new secret in working hours, and the last call. */
const DAYS_LEFT = { AppCredentialExpiring: 30, AppCredentialExpiringSoon: 7 } as const

/** What is watched, and who is told. */
export interface AlarmsProps {
  readonly functions: Readonly<Record<string, WatchedFunction>>
  readonly apiId: string
  readonly tables: readonly WatchedTable[]
  /** What could not be published, where there is such a queue. */
  readonly deadLetters: IQueue | undefined
  readonly shards: number
  readonly topic: ITopic
}

type Condition = Pick<AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods'> &
  Partial<Pick<AlarmProps, 'comparisonOperator' | 'datapointsToAlarm' | 'treatMissingData'>>

/**
 * Tells of what somebody has to look at, and again when it is over. What is not measured alarms nobody,
 * except for the sweep, whose silence is the alarm.
 */
export class Alarms extends Construct {
  /** In the order in which an operator looks. */
  readonly all: readonly Alarm[]
  readonly #topic: ITopic

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    this.#topic = props.topic
    this.all = [
      ...this.#watchCredential(),
      ...this.#watchRefreshing(props.shards),
      ...this.#watchAnswers(props),
      ...this.#watchLimits(props),
    ]
  }

  #watchCredential(): readonly Alarm[] {
    const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) }
    const atRefresh = METRIC.refresh('app_credential_rejected')
    const daysLeft = { statistic: Stats.MINIMUM, period: Duration.hours(1) }
    const ending = (name: keyof typeof DAYS_LEFT) =>
      this.#raise(name, {
        metric: measured('refresh', METRIC.appCredentialDaysLeft, daysLeft),
        comparisonOperator: LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: DAYS_LEFT[name],
        evaluationPeriods: 1,
      })
    return [
      // Every sweep meets the breaker again while something is due, so that the alarm stays on.
      this.#raise('AppCredentialRejected', {
        metric: measured('refresh', atRefresh, fiveMinutes),
        threshold: 0,
        evaluationPeriods: 1,
      }),
      this.#raise('AppCredentialRejectedAtSignIn', {
        metric: measured('callback', METRIC.appCredentialRejected, fiveMinutes),
        threshold: 0,
        evaluationPeriods: 1,
      }),
      ending('AppCredentialExpiring'),
      ending('AppCredentialExpiringSoon'),
    ]
  }

  #watchRefreshing(shards: number): readonly Alarm[] {
    const sweeps = { statistic: Stats.SAMPLE_COUNT, period: SWEEPS_WATCHED }
    const oldest = { statistic: Stats.MAXIMUM, period: Duration.minutes(1) }
    const errors = { statistic: Stats.SUM, period: Duration.minutes(30) }
    return [
      this.#raise('SweepNotRunning', {
        metric: measured('refresh', METRIC.oldestDueAge, sweeps),
        comparisonOperator: LESS_THAN_THRESHOLD,
        threshold: SWEEPS_WATCHED.toMinutes() * shards - SWEEPS_SPARED,
        evaluationPeriods: 2,
        treatMissingData: TreatMissingData.BREACHING,
      }),
      this.#raise('OldestDueTooOld', {
        metric: measured('refresh', METRIC.oldestDueAge, oldest),
        threshold: OLDEST_DUE_LIMIT.toMilliseconds(),
        evaluationPeriods: 5,
      }),
      this.#raise('ReauthorizationRate', {
        metric: reauthorizationRate(),
        threshold: REAUTHORIZATION_LIMIT_PERCENT,
        evaluationPeriods: 1,
      }),
      // An item that cannot be used is tried every quarter of an hour.
      this.#raise('RefreshErrors', {
        metric: measured('refresh', METRIC.refresh('error'), errors),
        threshold: 0,
        evaluationPeriods: 2,
      }),
    ]
  }

  #watchAnswers({ functions, apiId }: AlarmsProps): readonly Alarm[] {
    const period = Duration.minutes(5)
    return [
      this.#raise('ErrorRate', {
        metric: errorRate(apiId),
        threshold: ERROR_LIMIT_PERCENT,
        evaluationPeriods: 1,
      }),
      this.#raise('FunctionErrors', {
        metric: sumOverFunctions(Object.values(functions), 'Errors', { period }),
        threshold: 2,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
      }),
    ]
  }

  #watchLimits({ functions, tables, deadLetters }: AlarmsProps): readonly Alarm[] {
    const period = Duration.minutes(5)
    const twoOfThree = { threshold: 0, evaluationPeriods: 3, datapointsToAlarm: 2 }
    return [
      this.#raise('FunctionsThrottled', {
        metric: sumOverFunctions(Object.values(functions), 'Throttles', { period }),
        ...twoOfThree,
      }),
      this.#raise('TablesThrottled', { metric: tableThrottles(tables, { period }), ...twoOfThree }),
      ...(deadLetters ? [this.#watchDeadLetters(deadLetters, period)] : []),
    ]
  }

  #watchDeadLetters(queue: IQueue, period: Duration): Alarm {
    return this.#raise('DeadLetters', {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period }),
      threshold: 0,
      evaluationPeriods: 1,
    })
  }

  #raise(name: AlarmName, condition: Condition): Alarm {
    const alarm = new Alarm(this, name, {
      alarmName: `${Stack.of(this).stackName}-${name}`,
      alarmDescription: describe(name),
      comparisonOperator: GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...condition,
    })
    const tell = new SnsAction(this.#topic)
    alarm.addAlarmAction(tell)
    alarm.addOkAction(tell)
    return alarm
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
