import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcess } from '../../support/processes.ts'
import { APP } from './identity-server.ts'
import { TARGET_ORIGIN } from './partner.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface Service {
  readonly url: string
  /** Everything that it has written, logs included. */
  output(): string
  close(): Promise<void>
}

interface ServiceOptions {
  readonly port: number
  readonly entraUrl: string
  readonly dataverseUrl: string
  readonly clientCertificateFile: string | undefined
}

export const redirectUriAt = (port: number): string => `http://localhost:${port}/connector/callback`

/** The product as `npm start` runs it, on DynamoDB Local and with others in Microsoft's place. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), 'interop-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  const url = `http://localhost:${options.port}`
  const running = await startProcess({
    command: process.execPath,
    args: [join(ROOT, 'infra/local/start.ts'), folder],
    env: { ...process.env, ...environment(options, url) },
    readyUrl: `${url}/v1.0/connectors`,
  }).catch(async (error: unknown) => {
    await removeFolder()
    throw error
  })
  return {
    url,
    output: running.output,
    close: async () => {
      await running.stop()
      await removeFolder()
    },
  }
}

const environment = (
  { port, entraUrl, dataverseUrl, clientCertificateFile }: ServiceOptions,
  url: string,
) => ({
  PORT: String(port),
  PUBLIC_URL: url,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint(),
  // DynamoDB Local keeps the tables of each access key apart
  AWS_ACCESS_KEY_ID: `interop${randomBytes(8).toString('hex')}`,
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
  ENTRA_BASE_URL: entraUrl,
  DATAVERSE_BASE_URL: dataverseUrl,
  ENTRA_CLIENT_ID: APP.clientId,
  ...(clientCertificateFile === undefined
    ? { ENTRA_CLIENT_SECRET: APP.clientSecret }
    : { ENTRA_CLIENT_CERTIFICATE: clientCertificateFile }),
  ALLOWED_ORIGINS: TARGET_ORIGIN,
  SWEEP_INTERVAL: '0',
})

function dynamodbEndpoint(): string {
  const endpoint = process.env.DYNAMODB_ENDPOINT
  if (endpoint !== undefined) return endpoint
  throw new Error('set DYNAMODB_ENDPOINT to a running DynamoDB Local, or use run.ts')
}
