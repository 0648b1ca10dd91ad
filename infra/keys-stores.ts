import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { STORED_AS } from '../functions/adapters/table-schema.ts'
import type { Keyrings, SealedTokens } from './keys-steps.ts'
import { type Kind, keyUseCounter } from './keys-use.ts'
import type { Outputs } from './outputs.ts'
import { isKeyring } from './secret-values.ts'

/** How much of the table is read in a second, so that the service's own reads do not notice. */
const READ_UNITS_PER_SECOND = 2000

/** How often whoever waits is told. */
const TELL_EVERY = 50_000

const CONNECTIONS_ONLY = 'attribute_exists(tokenSet)'

/** The keyrings in Secrets Manager. */
export function secretsManagerKeyrings(client: SecretsManagerClient, outputs: Outputs): Keyrings {
  const secretIds: Readonly<Record<Kind, string>> = {
    access: outputs.accessTokenKeyringSecret,
    refresh: outputs.refreshTokenKeyringSecret,
  }
  return {
    read: async (kind) => {
      const SecretId = secretIds[kind]
      const secret = await secretValue(client, SecretId)
      const keyring = jsonOf(secret?.SecretString)
      if (!isKeyring(keyring)) {
        throw new Error(`the secret ${SecretId} holds no keyring: run "npm run setup" first`)
      }
      return { keyring, changedAt: secret?.CreatedDate ?? new Date(0) }
    },
    write: async (kind, keyring) => {
      const SecretString = JSON.stringify(keyring)
      await client.send(new PutSecretValueCommand({ SecretId: secretIds[kind], SecretString }))
    },
  }
}

/** The sealed tokens in the connections table; of each only the header is looked at. */
export function dynamodbSealedTokens(
  client: DynamoDBClient,
  options: { readonly table: string; readonly wait: (milliseconds: number) => Promise<void> },
): SealedTokens {
  return {
    countByKey: async ({ latest, progress }) => {
      const counter = keyUseCounter()
      const tell = everyNow(progress)
      for await (const page of paginateScan({ client }, scanOf(options.table, latest))) {
        for (const item of page.Items ?? []) counter.add(item)
        tell(page.Count)
        const units = page.ConsumedCapacity?.CapacityUnits ?? 0
        await options.wait((units / READ_UNITS_PER_SECOND) * 1000)
      }
      return counter.use
    },
  }
}

/** Counts, and tells the count each time that so many more were read. */
function everyNow(progress: (connections: number) => void): (more?: number) => void {
  let read = 0
  let told = 0
  return (more = 0) => {
    read += more
    if (read - told < TELL_EVERY) return
    told = read
    progress(read)
  }
}

function scanOf(table: string, latest: boolean) {
  return {
    TableName: table,
    ConsistentRead: latest,
    FilterExpression: CONNECTIONS_ONLY,
    ProjectionExpression: '#status, tokenSet.#access, tokenSet.#refresh',
    ExpressionAttributeNames: {
      '#status': 'status',
      '#access': STORED_AS.tokenSet.access,
      '#refresh': STORED_AS.tokenSet.refresh,
    },
    ReturnConsumedCapacity: 'TOTAL' as const,
  }
}

async function secretValue(
  client: SecretsManagerClient,
  SecretId: string,
): Promise<GetSecretValueCommandOutput | undefined> {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId }))
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
