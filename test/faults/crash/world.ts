import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { secretsManagerApiAccess } from '../../../functions/adapters/secrets-manager-api-access.ts'
import { secretsManagerKeyring } from '../../../functions/adapters/secrets-manager-keyring.ts'
import type { ReadApiAccess } from '../../../functions/domain/api-access.ts'
import { type TokenSealer, tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { buildFunctions } from '../../../infra/build.ts'
import { type Environment, functionEnvironment } from '../../../infra/local/function-environment.ts'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { type SecretArns, seedSecrets, seedSettings } from '../../../infra/local/seed.ts'
import { startDynamodb, type TestDynamodb } from '../../support/dynamodb.ts'
import { type Container, startContainer } from '../../support/lambda/container.ts'
import { forward } from '../../support/lambda/forward.ts'
import type { WireRequest } from '../../support/lambda/step-names.ts'
import type { KillPoint, WireAnswer } from '../../support/lambda/wire.ts'
import { type Microsoft, type RefreshTokenUse, startMicrosoft } from './microsoft.ts'

const FUNCTIONS = join(import.meta.dirname, '..', '..', '..', 'functions')

/** The region that `startDynamodb` signs for, since DynamoDB Local keeps regions apart. */
const REGION = 'eu-central-1'

export const PUBLIC_URL = 'https://connect.example'
export const PARTNER_ORIGIN = 'https://partner.example'

/** As in the stack. */
const TIMEOUT_SECONDS = { refresh: 50, callback: 15 } as const
export type FunctionName = keyof typeof TIMEOUT_SECONDS

/** What all cells share. */
export interface World {
  readonly microsofts: Readonly<Record<RefreshTokenUse, Microsoft>>
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  readonly readApiAccess: ReadApiAccess
  /** What every container knows and none may tell. */
  readonly secrets: readonly string[]
  readonly bundles: string
  readonly scratchFolder: string
  readonly secretArns: SecretArns
  readonly secretsUrl: string
  close(): Promise<void>
}

/** A store of its own, which one cell at a time uses. */
export interface Lane {
  readonly dynamodb: TestDynamodb
  readonly dynamodbUrl: string
  readonly accessKeyId: string
}

/** Builds the bundles and starts everything that the functions talk to, the store excepted. */
export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'crash-matrix-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const bundles = join(folder, 'functions')
  await buildFunctions({ functions: FUNCTIONS, bundles })
  const secretsManager = await startSecretsManager({ file: join(folder, 'secrets.json') })
  const client = new SecretsManagerClient({
    endpoint: secretsManager.url,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const secretArns = await seedSecrets(client, STAND_IN_APP)
  const now = () => new Date()
  const keyring = (secretArn: string) => secretsManagerKeyring(client, { secretArn, now })
  return {
    microsofts: {
      lenient: await startMicrosoft('lenient'),
      strict: await startMicrosoft('strict'),
    },
    accessTokens: tokenSealer('access', keyring(secretArns.accessTokenKeyring)),
    refreshTokens: tokenSealer('refresh', keyring(secretArns.refreshTokenKeyring)),
    readApiAccess: secretsManagerApiAccess(client, { secretArn: secretArns.apiAccess, now }),
    secrets: await secretTexts(client, secretArns),
    bundles,
    scratchFolder: folder,
    secretArns,
    secretsUrl: secretsManager.url,
    close: async () => {
      client.destroy()
      await secretsManager.close()
    },
  }
}

/** Starts a store with both tables, at `DYNAMODB_ENDPOINT` or else in memory. */
export async function startLane(): Promise<Lane> {
  const dynamodb = await startDynamodb()
  await seedSettings(dynamodb.client, STAND_IN_APP)
  const endpoint = await dynamodb.client.config.endpoint?.()
  const { accessKeyId } = await dynamodb.client.config.credentials()
  const port = endpoint?.port === undefined ? '' : `:${endpoint.port}`
  return {
    dynamodb,
    dynamodbUrl: `${endpoint?.protocol}//${endpoint?.hostname}${port}/`,
    accessKeyId,
  }
}

/** Forgets everything but the settings, so that the next cell finds nothing of this one. */
export async function emptyLane({ dynamodb }: Lane): Promise<void> {
  const { client, connectionsTable, signInsTable } = dynamodb
  for (const TableName of [connectionsTable, signInsTable]) {
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName }))
    const keys = items.flatMap(({ pk }) => (pk?.S === undefined || pk.S === 'settings' ? [] : pk))
    for (const pk of keys) await client.send(new DeleteItemCommand({ TableName, Key: { pk } }))
  }
}

/** A process of one function in the lane, which meets this Microsoft. */
export function startFunction(
  world: World,
  lane: Lane,
  options: {
    readonly name: FunctionName
    readonly microsoft: Microsoft
    readonly kill?: KillPoint | undefined
  },
): Promise<Container> {
  const { name, microsoft, kill } = options
  return startContainer({
    bundle: join(world.bundles, name),
    timeoutSeconds: TIMEOUT_SECONDS[name],
    scratchFolder: world.scratchFolder,
    kill,
    environment: (address) => ({
      ...variablesOf(world, lane, address),
      AWS_LAMBDA_FUNCTION_NAME: name,
    }),
    backend: backendOf({ world, lane, microsoft }),
  })
}

/** The variables of a function that finds everything at one address. */
export function variablesOf(world: World, lane: Lane, address: string): Environment {
  return {
    ...functionEnvironment({
      publicUrl: PUBLIC_URL,
      allowedOrigins: PARTNER_ORIGIN,
      secrets: world.secretArns,
      endpoints: {
        dynamodb: address,
        secretsManager: address,
        lambda: address,
        eventbridge: address,
        entra: address,
        dataverse: `${address}/dataverse`,
      },
    }),
    AWS_ENDPOINT_URL_DYNAMODB: address,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: address,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: lane.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'test',
  }
}

/** Answers whatever a function asks at that address. */
export function backendOf({
  world,
  lane,
  microsoft,
}: {
  readonly world: World
  readonly lane: Lane
  readonly microsoft: Microsoft
}): (request: WireRequest, address: string) => Promise<WireAnswer> {
  return (request, address) => {
    const [service = ''] = String(request.headers['x-amz-target'] ?? '').split('.')
    if (service.startsWith('DynamoDB')) return forward(request, lane.dynamodbUrl)
    if (service === 'secretsmanager') return forward(request, world.secretsUrl)
    return askMicrosoft(microsoft, request, address)
  }
}

async function askMicrosoft(
  microsoft: Microsoft,
  { method, target, headers, body }: WireRequest,
  address: string,
): Promise<WireAnswer> {
  const contentType = String(headers['content-type'] ?? '')
  const authorization =
    headers.authorization === undefined ? {} : { authorization: String(headers.authorization) }
  const { status, ...reply } = await microsoft.reply({
    method,
    url: new URL(target, address),
    headers: { 'content-type': contentType, ...authorization },
    body,
  })
  return { status, headers: reply.headers, body: Buffer.from(reply.body) }
}

/** The client secret and every key. */
async function secretTexts(client: SecretsManagerClient, arns: SecretArns) {
  const read = async (SecretId: string): Promise<Readonly<Record<string, unknown>>> => {
    const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId }))
    return JSON.parse(SecretString)
  }
  const { signingKey } = await read(arns.apiAccess)
  const keyrings = await Promise.all([
    read(arns.accessTokenKeyring),
    read(arns.refreshTokenKeyring),
  ])
  const keys = keyrings.flatMap(({ keys }) => Object.values(keys ?? {}).map(String))
  return [STAND_IN_APP.clientSecret, String(signingKey), ...keys]
}
