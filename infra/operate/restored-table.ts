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
    prepare: async (source) => {
      const [from, to] = await Promise.all([describe(client, source), describe(client, target)])
      await protect(client, target)
      if (to?.DeletionProtectionEnabled !== true) {
        await update(client, { TableName: target, DeletionProtectionEnabled: true })
      }
      const StreamSpecification = from?.StreamSpecification
      const lacksStream = StreamSpecification?.StreamEnabled === true && !to?.StreamSpecification
      if (lacksStream) await update(client, { TableName: target, StreamSpecification })
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
