import { describe, expect, test } from 'vitest'
import { STATE_WRITE_FILTERS } from '../../../functions/adapters/state-write-filters.ts'
import { resourcesOf, synthesized } from './synthesized.ts'

const template = synthesized()

interface Mapping {
  readonly FilterCriteria: { readonly Filters: readonly { readonly Pattern: string }[] }
}

function theOnly<P>(type: string): P {
  const [resource, ...others] = resourcesOf<P>(template, type).values()
  if (resource === undefined || others.length > 0) throw new Error(`expected one ${type}`)
  return resource
}

describe('the stream of connections', () => {
  test('tells of every write with the item before and after it, and that of sign-ins nothing', () => {
    const tables = resourcesOf<{ StreamSpecification?: unknown }>(template, 'AWS::DynamoDB::Table')
    const streams = [...tables].map(([id, { StreamSpecification }]) => [id, StreamSpecification])
    expect(streams).toEqual([
      [expect.stringMatching(/^Connections/), { StreamViewType: 'NEW_AND_OLD_IMAGES' }],
      [expect.stringMatching(/^SignIns/), undefined],
    ])
  })

  test('wakes the function from its oldest record on, in order, until what failed is published', () => {
    expect(theOnly('AWS::Lambda::EventSourceMapping')).toMatchObject({
      FunctionName: { Ref: expect.stringMatching(/^eventsFunction/) },
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^ConnectionsTable/), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
    })
  })

  test('leaves what could not be told in six hours to a queue, for two weeks, encrypted', () => {
    const destination = { 'Fn::GetAtt': [expect.stringMatching(/^StateEventsDeadLetters/), 'Arn'] }
    expect(theOnly('AWS::Lambda::EventSourceMapping')).toMatchObject({
      MaximumRecordAgeInSeconds: 6 * 60 * 60,
      DestinationConfig: { OnFailure: { Destination: destination } },
    })
    expect(theOnly('AWS::SQS::Queue')).toEqual({
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
    })
  })

  test('is filtered by what may have changed a state, in as many patterns as Lambda takes', () => {
    const { Filters } = theOnly<Mapping>('AWS::Lambda::EventSourceMapping').FilterCriteria
    const patterns = Filters.map(({ Pattern }) => JSON.parse(Pattern))
    expect(patterns).toEqual(STATE_WRITE_FILTERS)
    expect(patterns.length).toBeLessThanOrEqual(5)
  })
})

test('the bus is called as the stack is', () => {
  expect(theOnly('AWS::Events::EventBus')).toMatchObject({ Name: 'dynamics-connect' })
})
