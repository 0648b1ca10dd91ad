import { setTimeout } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbRefreshClaims } from '../../../functions/adapters/dynamodb-refresh-claims.ts'
import { dynamodbSweepStore } from '../../../functions/adapters/dynamodb-sweep-store.ts'
import { entraTokenEndpoint } from '../../../functions/adapters/entra-token-endpoint.ts'
import type { ReadKeyring } from '../../../functions/domain/keyring.ts'
import type { SweepDependencies, SweptOutcome } from '../../../functions/domain/sweep-shard.ts'
import { tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { APP_CREDENTIAL } from './subject.ts'

export interface ServiceOptions {
  readonly client: DynamoDBClient
  readonly table: string
  readonly entraBaseUrl: string
  readonly readKeyring: ReadKeyring
  readonly concurrency: number
}

/** As it is deployed. */
const AHEAD = 64

/** What `functions/refresh/index.ts` builds, with the secrets in memory and without a limit on starts. */
export function sweepDependencies(options: ServiceOptions): SweepDependencies {
  const { client, table, entraBaseUrl, readKeyring, concurrency } = options
  const now = () => new Date()
  return {
    ...dynamodbSweepStore(client, { table }),
    refreshClaims: dynamodbRefreshClaims(client, { table }),
    tokenEndpoint: entraTokenEndpoint({ entraBaseUrl, now }),
    appCredentials: {
      read: async () => APP_CREDENTIAL,
      readNewest: async () => APP_CREDENTIAL,
      reread: async () => [APP_CREDENTIAL],
      prefer: () => undefined,
    },
    accessTokens: tokenSealer('access', readKeyring),
    refreshTokens: tokenSealer('refresh', readKeyring),
    refreshPolicy: 'always-hot',
    notice: (what) => fail(`the sweep noticed ${what}`),
    report: requireRefreshed,
    concurrency,
    ahead: AHEAD,
    startsPerSecond: Number.POSITIVE_INFINITY,
    now,
    wait: (milliseconds) => setTimeout(milliseconds),
  }
}

/** A measurement of anything but refreshes would mean nothing. */
function requireRefreshed(connectionId: number, result: SweptOutcome): void {
  if (result.outcome === 'refreshed') return
  const cause = 'error' in result ? result.error : result
  throw new Error(`connection ${connectionId} was not refreshed: ${result.outcome}`, { cause })
}

function fail(message: string): never {
  throw new Error(message)
}
