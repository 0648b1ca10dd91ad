import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { STORED_AS } from '../functions/adapters/table-schema.ts'
import { type StoredKeyring, storedKeyringOf } from '../functions/domain/stored-keyring.ts'
import type { KeyringAsRead, Keyrings, SealedTokens } from './keys-steps.ts'
import { type Kind, keyUseCounter } from './keys-use.ts'
import type { Outputs } from './outputs.ts'

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
      const keyring = storedKeyringOf(jsonOf(secret?.SecretString))
      if (secret === undefined || keyring === undefined) {
        throw new Error(`the secret ${SecretId} holds no keyring: run "npm run setup" first`)
      }
      const { CreatedDate: changedAt = new Date(0), VersionId: versionId = '' } = secret
      return { keyring, changedAt, versionId }
    },
    replace: async (kind, keyring, read) => {
      const pending = await putBeside(client, secretIds[kind], keyring)
      await makeCurrent(client, { SecretId: secretIds[kind], pending, read })
    },
  }
}

/** The label of a version that is not current yet. */
const PENDING = 'KEYS_COMMAND'

async function putBeside(
  client: SecretsManagerClient,
  SecretId: string,
  keyring: StoredKeyring,
): Promise<string> {
  const SecretString = JSON.stringify(keyring)
  const put = new PutSecretValueCommand({ SecretId, SecretString, VersionStages: [PENDING] })
  return (await client.send(put)).VersionId ?? ''
}

/** Moves the label only from the version that was read: a rotation on schedule may have come between. */
async function makeCurrent(
  client: SecretsManagerClient,
  change: { readonly SecretId: string; readonly pending: string; readonly read: KeyringAsRead },
): Promise<void> {
  const { SecretId, pending, read } = change
  const moveLabel = (VersionStage: string, from: string, to?: string) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage,
        RemoveFromVersionId: from,
        ...(to !== undefined && { MoveToVersionId: to }),
      }),
    )
  try {
    await moveLabel('AWSCURRENT', read.versionId, pending)
  } catch (error) {
    if (!(error instanceof InvalidParameterException)) throw error
    const message = `the secret ${SecretId} was changed by somebody else meanwhile and is left as it is: try again`
    throw new Error(message, { cause: error })
  } finally {
    await moveLabel(PENDING, pending)
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
