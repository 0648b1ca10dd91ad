import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { AppCredentialValue } from '../../functions/domain/stored-app-credential.ts'
import { CALLBACK_PATH } from '../../functions/http/routes.ts'
import type { CloseStack } from './close-stack.ts'
import { startDynamodb, TABLE_NAMES } from './dynamodb.ts'
import { startEventBus } from './event-bus.ts'
import type { Endpoints } from './function-environment.ts'
import { atPortOrAny } from './local-server.ts'
import type { LocalSettings } from './local-settings.ts'
import {
  type MicrosoftStandIn,
  type MicrosoftStandInOptions,
  startMicrosoftStandIn,
} from './microsoft/server.ts'
import { startSecretsManager } from './secrets-manager.ts'
import { startTableStream, type TableStream } from './table-stream.ts'

/** What the stand-ins need to know of the service around them. */
export interface StandInsOptions {
  readonly settings: LocalSettings
  readonly stateDir: string
  readonly publicUrl: string
  /** Where the gateway listens; the stand-in for Microsoft takes the port after it when it is free. */
  readonly gatewayPort: number
  readonly closing: CloseStack
  readonly log: (line: string) => void
}

/** Where everything is, and what tells of writes: a DynamoDB of somebody else's tells nobody here. */
export interface StandIns {
  readonly endpoints: Omit<Endpoints, 'lambda'>
  readonly stream: TableStream | undefined
}

/** Starts a stand-in for everything that no variable replaces. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const microsoft = await microsoftEndpoints(options)
  const { url: dynamodb, stream } = await dynamodbEndpoint(options)
  const secretsManager = await secretsManagerEndpoint(options)
  const eventBus = await startEventBus(options.log)
  options.closing.add(eventBus.close)
  const eventbridge = eventBus.url
  return { endpoints: { ...microsoft, dynamodb, secretsManager, eventbridge }, stream }
}

async function dynamodbEndpoint({ settings, log, ...options }: StandInsOptions) {
  if (settings.dynamodbUrl !== undefined) return { url: settings.dynamodbUrl, stream: undefined }
  log('starting the stand-in for DynamoDB')
  const dynamodb = await startDynamodb(join(options.stateDir, 'dynamodb'))
  options.closing.add(dynamodb.close)
  const table = TABLE_NAMES.connections
  const stream = await startTableStream({ dynamodbUrl: dynamodb.url, table, log })
  options.closing.add(stream.close)
  return { url: stream.url, stream }
}

async function secretsManagerEndpoint({ settings, ...options }: StandInsOptions): Promise<string> {
  if (settings.secretsManagerUrl !== undefined) return settings.secretsManagerUrl
  options.log('starting the stand-in for Secrets Manager')
  const secretsManager = await startSecretsManager({ file: join(options.stateDir, 'secrets.json') })
  options.closing.add(secretsManager.close)
  return secretsManager.url
}

async function microsoftEndpoints(
  options: StandInsOptions,
): Promise<Pick<Endpoints, 'dataverse' | 'entra'>> {
  const { real, entraBaseUrl, dataverseBaseUrl } = options.settings.microsoft
  const bothAreThere = entraBaseUrl !== undefined && dataverseBaseUrl !== undefined
  if (real || bothAreThere) return { entra: entraBaseUrl, dataverse: dataverseBaseUrl }
  options.log('starting the stand-in for Microsoft')
  const { url, close } = await startMicrosoft(options)
  options.closing.add(close)
  return { entra: entraBaseUrl ?? url, dataverse: dataverseBaseUrl ?? `${url}/dataverse` }
}

/** What the stand-in knows of the app; a secret that nobody has, where there is a certificate. */
function registrationOf(
  app: AppCredentialValue,
): Pick<MicrosoftStandInOptions, 'clientCertificate' | 'clientId' | 'clientSecret'> {
  const { clientId } = app
  if ('clientSecret' in app) return { clientId, clientSecret: app.clientSecret }
  const clientSecret = randomUUID()
  return 'certificate' in app
    ? { clientId, clientSecret, clientCertificate: app.certificate }
    : { clientId, clientSecret }
}

/** Where it was before if it can be, so that a page left open still works after a restart. */
async function startMicrosoft(options: StandInsOptions): Promise<MicrosoftStandIn> {
  const standIn: Omit<MicrosoftStandInOptions, 'port'> = {
    ...registrationOf(options.settings.microsoft.app),
    redirectUris: [`${options.publicUrl}${CALLBACK_PATH}`],
    signingKeyFile: join(options.stateDir, 'microsoft-signing-key.pem'),
    stateFile: join(options.stateDir, 'microsoft-grants.json'),
  }
  const anyPort = options.settings.port === 0
  return atPortOrAny(anyPort ? 0 : options.gatewayPort + 1, (port) =>
    startMicrosoftStandIn({ ...standIn, port }),
  )
}
