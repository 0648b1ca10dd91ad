import { DeleteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import type { HeldConnection, HeldTokens } from './revoke-steps.ts'

/** What `authorize` and `callback` keep of a sign-in until it ends; some of it holds a sealed token. */
const isUnderWay = 'begins_with(pk, :request) OR begins_with(pk, :parked)'

const holdsTokens = 'attribute_exists(tokenSet)'

export interface HeldTokensOptions {
  readonly connectionsTable: string
  readonly signInsTable: string
  readonly now: () => Date
}

export function dynamodbHeldTokens(client: DynamoDBClient, options: HeldTokensOptions): HeldTokens {
  return {
    connections: (accountId) =>
      accountId === undefined
        ? allHolding(client, options.connectionsTable)
        : holdingOf(client, options, accountId),
    endSignIns: () => endSignIns(client, options.signInsTable),
  }
}

/** Reads two attributes only, so that an item of another version stops nothing. */
async function* allHolding(client: DynamoDBClient, table: string): AsyncGenerator<HeldConnection> {
  const scan = {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: holdsTokens,
    ProjectionExpression: 'connectionId, accountId',
  }
  for await (const page of paginateScan({ client }, scan)) {
    for (const { connectionId, accountId } of page.Items ?? []) {
      yield { id: Number(connectionId?.N), accountId: accountId?.S ?? '' }
    }
  }
}

async function* holdingOf(
  client: DynamoDBClient,
  { connectionsTable: table, now }: HeldTokensOptions,
  accountId: string,
): AsyncGenerator<HeldConnection> {
  const page = { page: 1, pageSize: Number.MAX_SAFE_INTEGER, ascending: true }
  const connections = await dynamodbConnections(client, { table, now }).list(accountId, page)
  yield* connections.filter(
    ({ status }) => status === 'connected' || status === 'reauthorization_required',
  )
}

async function endSignIns(client: DynamoDBClient, table: string): Promise<number> {
  let ended = 0
  const scan = {
    TableName: table,
    FilterExpression: isUnderWay,
    ProjectionExpression: 'pk',
    ExpressionAttributeValues: {
      ':request': { S: 'authorization-request#' },
      ':parked': { S: 'parked-sign-in#' },
    },
  }
  for await (const page of paginateScan({ client }, scan)) {
    for (const Key of page.Items ?? []) {
      await client.send(new DeleteItemCommand({ TableName: table, Key }))
      ended += 1
    }
  }
  return ended
}
