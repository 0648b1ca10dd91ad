import { setTimeout } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { RefreshBrakes } from '../domain/refresh-brakes.ts'
import type { DueConnections, TokenSets } from '../domain/token-sets.ts'
import { dynamodbDueConnections } from './dynamodb-due-connections.ts'
import { gatheringItemReader } from './dynamodb-item-reader.ts'
import { dynamodbRefreshBrakes } from './dynamodb-refresh-brakes.ts'
import { dynamodbTokenSets } from './dynamodb-token-sets.ts'

/**
 * For how long a sweep's reads are gathered: two of them at 100 refreshes in a second, ten at 500. A
 * refresh waits for it twice, while others are with Microsoft.
 */
const GATHERING_MS = 20

/** The store as a sweep uses it: what its many refreshes read at about the same time is read in one call. */
export function dynamodbSweepStore(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): {
  readonly tokenSets: TokenSets
  readonly refreshBrakes: RefreshBrakes
  readonly dueConnections: DueConnections
} {
  const gathering = () => setTimeout(GATHERING_MS)
  const readerOf = (isConsistent: boolean) =>
    gatheringItemReader(client, { table, isConsistent, gathering })
  return {
    tokenSets: dynamodbTokenSets(client, { table, readItem: readerOf(true) }),
    refreshBrakes: dynamodbRefreshBrakes(client, { table, readItem: readerOf(false) }),
    dueConnections: dynamodbDueConnections(client, { table }),
  }
}
