import { describe, expect, test } from 'vitest'
import { cloudFormationStacks } from '../../../../infra/operate/deployed-stack.ts'
import {
  cloudWatchSweeps,
  eventBridgeRules,
  lambdaRefreshFunction,
} from '../../../../infra/operate/doctor-stores.ts'
import { at, MINUTE } from '../../../fakes/hand-clock.ts'
import { awsError, scriptedClient } from './scripted-client.ts'

describe('what AWS says of a deployment', () => {
  test('a stack has its place, status and outputs', async () => {
    const Stacks = [
      {
        StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/dynamics-connect/1',
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [{ OutputKey: 'Version', OutputValue: '0.1.0' }],
      },
    ]
    const stacks = cloudFormationStacks(scriptedClient({ DescribeStacksCommand: { Stacks } }))
    expect(await stacks.read('dynamics-connect')).toEqual({
      status: 'CREATE_COMPLETE',
      region: 'eu-west-1',
      account: '123456789012',
      outputs: { Version: '0.1.0' },
    })
  })

  test('a stack that is not there is none, and any other error is one', async () => {
    const missing = awsError('ValidationError', 'Stack with id x does not exist')
    const DescribeStacksCommand = ({ StackName }: { StackName: string }) =>
      StackName === 'x' ? missing : awsError('AccessDenied')
    const stacks = cloudFormationStacks(scriptedClient({ DescribeStacksCommand }))
    expect(await stacks.read('x')).toBeUndefined()
    await expect(stacks.read('y')).rejects.toThrow('AccessDenied')
  })

  test('a resource is of the stack that has it', async () => {
    const StackResourceSummaries = [{ PhysicalResourceId: 't' }]
    const owned = scriptedClient({ ListStackResourcesCommand: { StackResourceSummaries } })
    const missing = awsError('ValidationError', 'Stack for t does not exist')
    const free = scriptedClient({ ListStackResourcesCommand: missing })
    const owns = (client: unknown) =>
      cloudFormationStacks(client as never).owns('dynamics-connect', 't')
    expect(await owns(owned)).toBe(true)
    expect(await owns(free)).toBe(false)
  })

  test('what is kept is found also behind the first hundred resources', async () => {
    const resource = (id: string) => ({
      LogicalResourceId: id,
      PhysicalResourceId: `arn:${id}`,
      ResourceType: 'AWS::SecretsManager::Secret',
    })
    const first = Array.from({ length: 100 }, (_, n) => resource(`Gone${n}`))
    const client = scriptedClient({
      GetTemplateCommand: { TemplateBody: '{"Resources":{"Late":{"DeletionPolicy":"Retain"}}}' },
      ListStackResourcesCommand: ({ NextToken }: { NextToken?: string }) =>
        NextToken === undefined
          ? { StackResourceSummaries: first, NextToken: 'more' }
          : { StackResourceSummaries: [resource('Late')] },
    })
    expect(await cloudFormationStacks(client as never).kept('dynamics-connect')).toEqual([
      { type: 'AWS::SecretsManager::Secret', physicalId: 'arn:Late' },
    ])
  })

  test('rules are enabled or not', async () => {
    const Rules = [
      { Name: 'sweep-0', State: 'ENABLED' },
      { Name: 'sweep-1', State: 'DISABLED' },
    ]
    const rules = eventBridgeRules(scriptedClient({ ListRulesCommand: { Rules } }), 'sweep-')
    expect(await rules()).toEqual([
      { name: 'sweep-0', isEnabled: true },
      { name: 'sweep-1', isEnabled: false },
    ])
  })

  test('sweeps that finished are counted over the minutes', async () => {
    const Datapoints = [
      { Timestamp: at(-2 * MINUTE), SampleCount: 4, Maximum: 10 },
      { Timestamp: at(-1 * MINUTE), SampleCount: 3, Maximum: 70 },
    ]
    const client = scriptedClient({ GetMetricStatisticsCommand: { Datapoints } })
    expect(await cloudWatchSweeps(client as never, () => at(0))()).toEqual({
      count: 7,
      lastAt: at(-1 * MINUTE),
      oldestDueMs: 70,
    })
    const none = scriptedClient({ GetMetricStatisticsCommand: { Datapoints: [] } })
    expect(await cloudWatchSweeps(none as never, () => at(0))()).toBeUndefined()
  })

  test('the refresh function is asked for one connection, and its failure is one', async () => {
    const payload = (value: unknown) => ({ transformToString: () => JSON.stringify(value) })
    const inputs: unknown[] = []
    const InvokeCommand = (input: unknown) => {
      inputs.push(input)
      return { Payload: payload({ outcome: 'gone' }) }
    }
    const deployed = lambdaRefreshFunction(scriptedClient({ InvokeCommand }), 'refresh')
    expect(await deployed.refresh(7)).toEqual({ outcome: 'gone' })
    expect(inputs).toEqual([
      { FunctionName: 'refresh', Payload: '{"refresh":{"connectionId":7,"when":"now"}}' },
    ])
    const failing = scriptedClient({ InvokeCommand: { FunctionError: 'Unhandled' } })
    const { refresh } = lambdaRefreshFunction(failing as never, 'refresh')
    await expect(refresh(7)).rejects.toThrow('the refresh function failed (Unhandled)')
  })

  test('the refresh function says where it logs and whether it may run', async () => {
    const GetFunctionCommand = {
      Configuration: { State: 'Pending', LoggingConfig: { LogGroup: '/log' } },
      Concurrency: { ReservedConcurrentExecutions: 0 },
    }
    const deployed = lambdaRefreshFunction(scriptedClient({ GetFunctionCommand }), 'refresh')
    expect(await deployed.refreshFunction()).toEqual({
      isActive: false,
      reservedConcurrency: 0,
      logGroup: '/log',
      variables: {},
    })
  })
})
