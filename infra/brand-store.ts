import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { BRAND_ATTRIBUTES } from '../functions/adapters/table-schema.ts'
import type { Brand } from '../functions/domain/brand.ts'
import type { BrandStore } from './brand-steps.ts'
import { SETTINGS_KEY } from './setup-stores.ts'

/** The settings item, which holds more than the brand: only that is changed. */
export function dynamodbBrandStore(client: DynamoDBClient, table: string): BrandStore {
  const { name, logo, colour } = BRAND_ATTRIBUTES
  return {
    async read() {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: table,
          Key: SETTINGS_KEY,
          ConsistentRead: true,
          ProjectionExpression: [name, logo, colour].join(', '),
        }),
      )
      return { name: Item?.[name]?.S, logo: Item?.[logo]?.S, colour: Item?.[colour]?.S }
    },
    async write(brand) {
      const update = { TableName: table, Key: SETTINGS_KEY, ...brandUpdate(brand) }
      await client.send(new UpdateItemCommand(update))
    },
    async clear() {
      const UpdateExpression = `REMOVE ${[name, logo, colour].join(', ')}`
      const update = { TableName: table, Key: SETTINGS_KEY, UpdateExpression }
      await client.send(new UpdateItemCommand(update))
    },
  }
}

/** The part of an UpdateItem call that sets what the brand has, and leaves the rest as it is. */
export function brandUpdate(
  brand: Partial<Brand>,
): Required<Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ExpressionAttributeValues'>> {
  const sets: string[] = []
  const values: Record<string, AttributeValue> = {}
  for (const [key, value] of Object.entries(brand)) {
    sets.push(`${BRAND_ATTRIBUTES[key as keyof Brand]} = :${key}`)
    values[`:${key}`] = { S: value }
  }
  return { UpdateExpression: `SET ${sets.join(', ')}`, ExpressionAttributeValues: values }
}
