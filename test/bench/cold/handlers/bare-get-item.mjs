import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'

const table = new DynamoDBClient({})

/** Reads one item by the SDK as it comes, and does nothing with it. */
export const handler = async ({ TableName, pk }) => {
  const { Item } = await table.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }))
  return { statusCode: Item ? 200 : 404 }
}
