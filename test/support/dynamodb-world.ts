import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbDueConnections } from '../../functions/adapters/dynamodb-due-connections.ts'
import { dynamodbRefreshBrakes } from '../../functions/adapters/dynamodb-refresh-brakes.ts'
import { dynamodbRefreshClaims } from '../../functions/adapters/dynamodb-refresh-claims.ts'
import { dynamodbTokenSets } from '../../functions/adapters/dynamodb-token-sets.ts'
import type { TestDynamodb } from './dynamodb.ts'
import type { World } from './world.ts'

/** The world with its connections in a table; everything else of it stays. */
export function onTable(
  world: World,
  { client }: Pick<TestDynamodb, 'client'>,
  table: string,
): World {
  return {
    ...world,
    connections: dynamodbConnections(client, { table, now: world.now }),
    tokenSets: dynamodbTokenSets(client, { table }),
    dueConnections: dynamodbDueConnections(client, { table }),
    refreshClaims: dynamodbRefreshClaims(client, { table }),
    refreshBrakes: dynamodbRefreshBrakes(client, { table }),
  }
}
