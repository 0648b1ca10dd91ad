import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { restore } from '../../../../infra/operate/restore-steps.ts'
import { dynamodbRestoredTable } from '../../../../infra/operate/restored-table.ts'
import { OUTPUT } from '../../../../infra/outputs.ts'
import { at } from '../../../fakes/hand-clock.ts'
import { functionProperties, HTTP_FUNCTIONS, resourcesOf, synthesized } from '../synthesized.ts'
import { awsError, scriptedClient } from './scripted-client.ts'

type Input = Readonly<Record<string, unknown>>

const MISSING = new ResourceNotFoundException({ message: 'no table', $metadata: {} })

/** DynamoDB with these tables; what is changed is remembered. */
function aDynamodb(
  tables: Readonly<Record<string, Input>>,
  more: Readonly<Record<string, unknown>> = {},
) {
  const changes: (readonly [string, Input])[] = []
  const change = (name: string) => (input: Input) => {
    changes.push([name, input])
    return {}
  }
  const client = scriptedClient({
    DescribeTableCommand: ({ TableName }: { TableName: string }) => {
      const Table = tables[TableName]
      return Table === undefined ? MISSING : { Table: { TableStatus: 'ACTIVE', ...Table } }
    },
    RestoreTableToPointInTimeCommand: change('restore'),
    UpdateContinuousBackupsCommand: change('backups'),
    UpdateTimeToLiveCommand: change('expiry'),
    UpdateTableCommand: change('table'),
    ...more,
  })
  return { table: dynamodbRestoredTable(client as never, 'new'), changes }
}

describe('a restored table in DynamoDB', () => {
  test.each([
    [{}, 'missing'],
    [{ new: { TableStatus: 'CREATING' } }, 'being_restored'],
    [{ new: {} }, 'ready'],
  ])('given %j is %s', async (tables, status) => {
    expect(await aDynamodb(tables).table.status()).toBe(status)
  })

  test('begins as the source was', async () => {
    const { table, changes } = aDynamodb({})
    await table.begin('old', at(0))
    const names = { SourceTableName: 'old', TargetTableName: 'new' }
    expect(changes).toEqual([['restore', { ...names, RestoreDateTime: at(0) }]])
  })

  const STREAM = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }

  test('gets what a restore leaves out: recovery, expiry, protection and the stream', async () => {
    const { table, changes } = aDynamodb({ new: {} })
    await table.prepare()
    expect(changes).toEqual([
      ['backups', expect.objectContaining({ TableName: 'new' })],
      [
        'expiry',
        {
          TableName: 'new',
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        },
      ],
      ['table', { TableName: 'new', DeletionProtectionEnabled: true }],
      ['table', { TableName: 'new', StreamSpecification: STREAM }],
    ])
  })

  test('is known to the stack by its stream', async () => {
    const { table } = aDynamodb({ new: { LatestStreamArn: STREAM_ARN } })
    expect(await table.streamArn()).toBe(STREAM_ARN)
    await expect(aDynamodb({ new: {} }).table.streamArn()).rejects.toThrow('has no stream')
  })

  test('that has all of it is left as it is', async () => {
    const whole = { DeletionProtectionEnabled: true, StreamSpecification: STREAM }
    const UpdateTimeToLiveCommand = awsError('ValidationException', 'TimeToLive is already enabled')
    const { table, changes } = aDynamodb({ new: whole }, { UpdateTimeToLiveCommand })
    await table.prepare()
    expect(changes.map(([name]) => name)).toEqual(['backups'])
  })

  test('is waited for, and is not begun without a time', async () => {
    const states = ['missing', 'being_restored', 'being_restored', 'ready'] as const
    let looked = 0
    const waits: number[] = []
    const begun: unknown[] = []
    const deps: Parameters<typeof restore>[0] = {
      table: {
        status: async () => states[looked++] ?? 'ready',
        begin: async (...what) => void begun.push(what),
        prepare: async () => undefined,
        streamArn: async () => 'arn',
      },
      revocations: { all: async function* () {} },
      connections: {
        read: async () => expect.unreachable('a connection was read'),
        disconnect: async () => undefined,
        remove: async () => true,
      },
      wait: async (milliseconds) => void waits.push(milliseconds),
      tell: () => undefined,
    }
    const names = { source: 'old', target: 'new' }
    await restore(deps, { ...names, at: at(0) })
    expect(begun).toEqual([['old', at(0)]])
    expect(waits).toEqual([30_000, 30_000])
    looked = 0
    await expect(restore(deps, { ...names, at: undefined })).rejects.toThrow(
      'there is no table new: write --at <time> as well',
    )
  })
})

const TABLE_ARN = 'arn:aws:dynamodb:eu-central-1:111122223333:table/restored'
const STREAM_ARN = `${TABLE_ARN}/stream/2026-01-31T12:00:00.000`

describe('a stack that is given a restored table', () => {
  const template = synthesized({ connectionsStreamArn: STREAM_ARN })

  test('makes none of its own, and leaves the one that it had', () => {
    expect([...resourcesOf(template, 'AWS::DynamoDB::Table').keys()]).toEqual([
      expect.stringMatching(/^SignIns/),
    ])
    expect(template.findOutputs(OUTPUT.connectionsTable)).toEqual({
      [OUTPUT.connectionsTable]: expect.objectContaining({ Value: 'restored' }),
    })
  })

  test.each(HTTP_FUNCTIONS)('lets %s use it and its indexes, under the same rules', (name) => {
    const { Variables } = functionProperties(template, name).Environment
    expect(Variables.CONNECTIONS_TABLE).toBe('restored')
    const statements = statementsOf(template, name)
    const ours = statementsOf(synthesized(), name)
    expect(statements.map(({ Action }) => Action)).toEqual(ours.map(({ Action }) => Action))
    const arns = JSON.stringify(statements.map(({ Resource }) => Resource))
    expect(arns).toContain(`"${TABLE_ARN}"`)
  })

  test('tells of the changes in it', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: STREAM_ARN,
    })
    expect(JSON.stringify(statementsOf(template, 'events'))).toContain(`"${STREAM_ARN}"`)
  })
})

interface Statement {
  readonly Action: unknown
  readonly Resource: unknown
}

function statementsOf(template: ReturnType<typeof synthesized>, name: string) {
  const policies = resourcesOf<{ readonly PolicyDocument: { readonly Statement: Statement[] } }>(
    template,
    'AWS::IAM::Policy',
  )
  const own = [...policies].filter(([id]) => id.startsWith(`${name}RoleDefaultPolicy`))
  return own.flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement)
}
