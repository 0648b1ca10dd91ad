import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { PartnerSettingsStore } from '../domain/partner-settings.ts'
import { answered, updateExpressions } from './dynamodb-call.ts'
import { SETTINGS_KEY } from './dynamodb-connection-item.ts'
import type { Attributes } from './dynamodb-item.ts'
import {
  allowedOriginsAttributes,
  appAttributes,
  appFrom,
  brandAttributes,
  shownSettingsFrom,
} from './dynamodb-settings-item.ts'

export function dynamodbPartnerSettings(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): PartnerSettingsStore {
  const item = { TableName: table, Key: SETTINGS_KEY }
  const save = async (set: Attributes): Promise<void> => {
    const update = new UpdateItemCommand({ ...item, ...updateExpressions({ set }) })
    await answered(client.send(update))
  }
  return {
    read: async () => {
      const get = new GetItemCommand({ ...item, ConsistentRead: true })
      const { Item: stored = {} } = await answered(client.send(get))
      return { app: appFrom(stored), ...shownSettingsFrom(stored) }
    },
    saveApp: (app) => save(appAttributes(app)),
    saveBrand: (brand) => save(brandAttributes(brand)),
    saveAllowedOrigins: (origins) => save(allowedOriginsAttributes(origins)),
  }
}
