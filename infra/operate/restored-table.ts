import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  RestoreTableToPointInTimeCommand,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { CONNECTIONS_TABLE } from '../../functions/adapters/table-schema.ts'
import type { RestoredTable } from './restore-steps.ts'

/** As the stack makes it for a table of its own. */
const STREAM = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const

const PATIENCE_SECONDS = 15 * 60

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html */
export function dynamodbRestoredTable(client: DynamoDBClient, target: string): RestoredTable {
  return {
    status: async () => {
      const table = await describe(client, target)
      if (table === undefined) return 'missing'
      return table.TableStatus === 'ACTIVE' ? 'ready' : 'being_restored'
    },
    begin: async (source, at) => {
      await client.send(
        new RestoreTableToPointInTimeCommand({
          SourceTableName: source,
          TargetTableName: target,
          RestoreDateTime: at,
        }),
      )
    },
    prepare: async () => {
      const table = await describe(client, target)
      await protect(client, target)
      if (table?.DeletionProtectionEnabled !== true) {
        await update(client, { TableName: target, DeletionProtectionEnabled: true })
      }
      if (table?.StreamSpecification?.StreamEnabled !== true) {
        await update(client, { TableName: target, StreamSpecification: STREAM })
      }
    },
    streamArn: async () => {
      const { LatestStreamArn } = (await describe(client, target)) ?? {}
      if (LatestStreamArn === undefined) throw new Error(`the table ${target} has no stream`)
      return LatestStreamArn
    },
  }
}

async function protect(client: DynamoDBClient, TableName: string): Promise<void> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  await client.send(
    new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
  )
  const TimeToLiveSpecification = { AttributeName: CONNECTIONS_TABLE.timeToLive, Enabled: true }
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
  } catch (error) {
    // What is switched on already is refused.
    if (!(error instanceof Error && error.message.includes('already enabled'))) throw error
  }
}

/** DynamoDB takes one change of a table at a time. */
async function update(client: DynamoDBClient, change: UpdateTableCommandInput): Promise<void> {
  const { TableName } = change
  await client.send(new UpdateTableCommand(change))
  await waitUntilTableExists({ client, maxWaitTime: PATIENCE_SECONDS }, { TableName })
}

async function describe(
  client: DynamoDBClient,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
