import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { type EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { GetFunctionCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { parseRefreshOutcome } from '../../functions/adapters/refresh-outcome-json.ts'
import { METRIC, NAMESPACE } from '../../functions/metric-names.ts'
import { type FinishedSweeps, SWEEPS_WITHIN_MS } from './doctor-aws.ts'
import type { Patient } from './doctor-steps.ts'

/** The rules of the deployed schedule: one for each shard, named after the stack. */
export function eventBridgeRules(client: EventBridgeClient, prefix: string): Patient['rules'] {
  return async () => {
    // A hundred at most come in one answer; there are at most 64 shards.
    const { Rules = [] } = await client.send(new ListRulesCommand({ NamePrefix: prefix }))
    return Rules.map(({ Name = '', State }) => ({ name: Name, isEnabled: State === 'ENABLED' }))
  }
}

/** A sweep ends with a metric, which is written only when it was not stopped or thrown out. */
export function cloudWatchSweeps(
  client: CloudWatchClient,
  now: () => Date,
): Patient['finishedSweeps'] {
  return async (): Promise<FinishedSweeps | undefined> => {
    const question = new GetMetricStatisticsCommand({
      Namespace: NAMESPACE,
      MetricName: METRIC.oldestDueAge,
      Dimensions: [{ Name: 'service', Value: 'refresh' }],
      StartTime: new Date(now().getTime() - SWEEPS_WITHIN_MS),
      EndTime: now(),
      Period: 60,
      Statistics: ['SampleCount', 'Maximum'],
    })
    const { Datapoints = [] } = await client.send(question)
    const minutes = Datapoints.map(({ Timestamp }) => Timestamp?.getTime() ?? 0)
    if (minutes.length === 0) return undefined
    return {
      count: Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0),
      lastAt: new Date(Math.max(...minutes)),
      oldestDueMs: Math.max(...Datapoints.map(({ Maximum = 0 }) => Maximum)),
    }
  }
}

/** The deployed refresh function. */
export function lambdaRefreshFunction(
  client: LambdaClient,
  functionName: string,
): Pick<Patient, 'refreshFunction' | 'refresh'> {
  return {
    refreshFunction: async () => {
      const question = new GetFunctionCommand({ FunctionName: functionName })
      const { Configuration, Concurrency } = await client.send(question)
      const { State = 'Active', LastUpdateStatus = 'Successful' } = Configuration ?? {}
      return {
        isActive: State === 'Active' && LastUpdateStatus === 'Successful',
        reservedConcurrency: Concurrency?.ReservedConcurrentExecutions,
        logGroup: Configuration?.LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`,
        variables: Configuration?.Environment?.Variables ?? {},
      }
    },
    refresh: async (connectionId) => {
      const event = { refresh: { connectionId, when: 'now' } }
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
      )
      if (FunctionError !== undefined) {
        throw new Error(`the refresh function failed (${FunctionError}): read its log`)
      }
      return parseRefreshOutcome(Payload?.transformToString() ?? '')
    },
  }
}
