import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startDynamodb as startOnDisk, TABLE_NAMES } from '../../../infra/local/dynamodb.ts'
import { startLocalService } from '../../e2e/support/local-service.ts'
import { type Canaries, createCanaries } from './canaries.ts'
import { dumpTable } from './dynamodb-wire.ts'
import type { EntraState } from './entra.ts'
import { journeyMicrosoft } from './journey-microsoft.ts'
import { createTraveller } from './journey-traveller.ts'

/** What a journey through the running service left behind. */
export interface Journey {
  readonly canaries: Canaries
  /** A text that is no secret and was put where secrets are looked for. */
  readonly planted: Canaries
  readonly outcomes: readonly string[]
  readonly output: string
  readonly sent: readonly string[]
  readonly dumps: { readonly connections: string; readonly signIns: string }
  readonly stateDir: string
  close(): Promise<void>
}

/** Starts the service as `npm start` does, goes through everything that it can do, and ends it. */
export async function travel(): Promise<Journey> {
  const canaries = createCanaries()
  const planted = createCanaries()
  const stateDir = await mkdtemp(join(tmpdir(), 'journey-'))
  const microsoft = await journeyMicrosoft(canaries)
  const { entra } = microsoft
  const service = await startLocalService({ stateDir, env: environmentOf(entra, microsoft.url) })
  const traveller = createTraveller({ service, microsoft, canaries, planted })
  try {
    const outcomes = await traveller.goEverywhere()
    return {
      canaries,
      planted,
      outcomes,
      sent: traveller.sent,
      stateDir,
      output: await stopped(service, canaries, stateDir),
      dumps: await dump(stateDir),
      close: () => rm(stateDir, { recursive: true, force: true }),
    }
  } finally {
    await service.stop()
    await microsoft.close()
  }
}

function environmentOf(entra: EntraState, url: string): Record<string, string> {
  const [ENTRA_CLIENT_SECRET = ''] = entra.clientSecrets
  return {
    LOG_LEVEL: 'DEBUG',
    SWEEP_INTERVAL: '1',
    ENTRA_CLIENT_ID: entra.clientId,
    ENTRA_CLIENT_SECRET,
    ENTRA_BASE_URL: entra.baseUrl,
    DATAVERSE_BASE_URL: `${url}/dataverse`,
  }
}

async function stopped(
  service: Awaited<ReturnType<typeof startLocalService>>,
  canaries: Canaries,
  stateDir: string,
): Promise<string> {
  await service.stop()
  await recordSecrets(canaries, stateDir)
  return service.output()
}

/** The secrets that the service made for itself. */
async function recordSecrets(canaries: Canaries, stateDir: string): Promise<void> {
  const file = await readFile(join(stateDir, 'secrets.json'), 'utf8')
  const secrets = JSON.parse(file) as readonly {
    readonly name: string
    readonly versions: readonly { readonly secretString: string }[]
  }[]
  for (const { name, versions } of secrets) {
    for (const { secretString } of versions) {
      const { keys = {}, signingKey = '' } = JSON.parse(secretString) as {
        readonly keys?: Readonly<Record<string, string>>
        readonly signingKey?: string
      }
      const kind = `key of ${name.replace(/.*\//, '')}`
      for (const key of Object.values(keys)) canaries.record(kind, key)
      canaries.record('signing key', signingKey)
    }
  }
}

async function dump(stateDir: string): Promise<Journey['dumps']> {
  const dynamodb = await startOnDisk(join(stateDir, 'dynamodb'))
  const client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: 'us-east-1',
    credentials: { accessKeyId: randomUUID(), secretAccessKey: 'test' },
  })
  const connections = await dumpTable(client, TABLE_NAMES.connections)
  const signIns = await dumpTable(client, TABLE_NAMES.signIns)
  client.destroy()
  await dynamodb.close()
  return { connections, signIns }
}
