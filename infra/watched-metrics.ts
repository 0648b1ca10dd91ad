import type { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IndexSchema, TableSchema } from '../functions/adapters/table-schema.ts'
import type { HttpFunction } from '../functions/http/routes.ts'
import { DIMENSION, NAMESPACE } from '../functions/metric-names.ts'
import type { FunctionName } from './service-function.ts'

/** How a metric is drawn or judged. */
export interface Reading {
  readonly statistic: string
  readonly period: Duration
  readonly label?: string
}

/** A metric that one of the functions measures. */
export function measured(service: FunctionName, metricName: string, reading: Reading): Metric {
  const dimensionsMap = { [DIMENSION]: service }
  return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap, ...reading })
}

/**
 * A metric of the HTTP API, which AWS measures free of charge.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function ofTheApi(apiId: string, metricName: string, reading: Reading): Metric {
  const dimensionsMap = { ApiId: apiId }
  return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, ...reading })
}

/** A deployed function. */
export interface WatchedFunction {
  readonly lambda: IFunction
}

/** What is deployed: nothing rotates where no keyring is. */
export type WatchedFunctions = Readonly<
  Record<HttpFunction | 'events', WatchedFunction> & { rotation?: WatchedFunction }
>

/** A deployed table, by the name that it has there. */
export interface WatchedTable {
  readonly tableName: string
  readonly schema: TableSchema
}

/** What AWS measures over several functions, added up. */
export function sumOverFunctions(
  functions: readonly WatchedFunction[],
  metricName: 'Errors' | 'Throttles',
  reading: Omit<Reading, 'statistic'>,
): MathExpression {
  const each = functions.map(({ lambda }) =>
    lambda.metric(metricName, { statistic: 'Sum', period: reading.period }),
  )
  return sumOf(metricName.toLowerCase(), each, reading)
}

/** How long the oldest change that its function has just read had not been told, in milliseconds. */
export function untoldAge(events: WatchedFunction, reading: Omit<Reading, 'statistic'>): IMetric {
  return events.lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM, ...reading })
}

/** Requests that DynamoDB refused for their number: of tables, and for writes of indexes too. */
export function tableThrottles(
  tables: readonly WatchedTable[],
  reading: Omit<Reading, 'statistic'>,
): MathExpression {
  const metric = (metricName: string, dimensionsMap: Readonly<Record<string, string>>) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap,
      statistic: 'Sum',
      period: reading.period,
    })
  const each = tables.flatMap(({ tableName: TableName, schema }) => [
    metric('ReadThrottleEvents', { TableName }),
    metric('WriteThrottleEvents', { TableName }),
    ...differentlyWritten(schema.indexes).map(({ name }) =>
      metric('WriteThrottleEvents', { TableName, GlobalSecondaryIndexName: name }),
    ),
  ])
  return sumOf('table', each, reading)
}

/**
 * Of the indexes with one partition key the first, which every item of the others is in as well: they take
 * the same writes into partitions of the same size, and an alarm takes ten metrics at most.
 */
function differentlyWritten(indexes: readonly IndexSchema[]): readonly IndexSchema[] {
  return indexes.filter(
    ({ partitionKey }, at) =>
      indexes.findIndex((other) => other.partitionKey.name === partitionKey.name) === at,
  )
}

/**
 * Their sum. A metric that has nothing to say at some time counts as zero then.
 * @param name begins their ids, which are shared by everything in one graph
 */
export function sumOf(
  name: string,
  metrics: readonly IMetric[],
  reading: Omit<Reading, 'statistic'>,
): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, at) => [`${name}${at}`, metric]))
  const summands = Object.keys(usingMetrics).map((metric) => `FILL(${metric}, 0)`)
  return new MathExpression({
    expression: `SUM([${summands.join(', ')}])`,
    usingMetrics,
    ...reading,
  })
}
