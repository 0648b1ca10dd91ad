import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ROUTES } from '../../functions/http/routes.ts'
import { type Bundle, buildFunctions } from '../build.ts'
import { type CloseStack, createCloseStack } from './close-stack.ts'
import { ensureTables } from './dynamodb.ts'
import {
  applyEnvironment,
  awsEnvironment,
  type Endpoints,
  functionEnvironment,
  LOCAL_SHARDS,
  logEnvironment,
} from './function-environment.ts'
import { createGateway } from './gateway.ts'
import { createInvokeApi } from './invoke-api.ts'
import { createLambdaRuntime, type LambdaRuntime } from './lambda-runtime.ts'
import { loadHandlers } from './load-handlers.ts'
import { LOCAL_BRAND } from './local-brand.ts'
import { atPortOrAny } from './local-server.ts'
import { type LocalSettings, readLocalSettings } from './local-settings.ts'
import { type Door, openDoor } from './open-door.ts'
import { createPartnerPages } from './partner-page.ts'
import { LOCAL_API_CLIENT, type SecretArns, seedBrand, seedSecrets, seedSettings } from './seed.ts'
import { startStandIns } from './stand-ins.ts'
import { claimStateFolder } from './state-folder.ts'
import { startSweepTimer } from './sweep-timer.ts'
import type { TableStream } from './table-stream.ts'

/** How to start the local service. */
export interface LocalOptions {
  /** Where the tables, the secrets and the stand-ins' memory are kept. */
  readonly stateDir: string
  readonly env: NodeJS.ProcessEnv
  readonly log: (line: string) => void
}

/** A running local service. */
export interface LocalService {
  /** Where it listens, e.g. `http://localhost:3000`. */
  readonly url: string
  /** What it takes for its own address: that of a tunnel, or `url`. */
  readonly publicUrl: string
  readonly apiClient: { readonly clientId: string; readonly clientSecret: string }
  /** Where the functions find Microsoft; `undefined` is the real one. */
  readonly microsoftUrl: string | undefined
  /** For `AWS_ENDPOINT_URL_LAMBDA`: a function is invoked by the name of its folder. */
  readonly lambdaUrl: string
  close(): Promise<void>
}

interface Launch {
  readonly options: LocalOptions
  readonly settings: LocalSettings
  readonly closing: CloseStack
  /** Where the gateway and the Invoke API will answer. */
  readonly gateway: Door
  readonly invokeApi: Door
  readonly url: string
  readonly publicUrl: string
}

const FUNCTIONS = join(import.meta.dirname, '..', '..', 'functions')

/** The functions that run here, each as long as in the stack. Nothing here rotates a keyring. */
const TIMEOUT_SECONDS = {
  api: 28,
  authorize: 10,
  callback: 15,
  console: 28,
  events: 60,
  refresh: 50,
  token: 28,
}

/**
 * Starts the whole service on this machine: the deployed bundles behind a gateway, and a stand-in for
 * everything that no variable replaces. It sets variables of this process, so one runs at a time.
 * @throws StartError that says what to mend; an error with code `EADDRINUSE` when the port is taken.
 */
export async function startLocal(options: LocalOptions): Promise<LocalService> {
  const settings = readLocalSettings(options.env)
  const closing = createCloseStack()
  try {
    return await start(await prepare(options, settings, closing))
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Takes the ports and the folder before anything is spent on the rest. */
async function prepare(
  options: LocalOptions,
  settings: LocalSettings,
  closing: CloseStack,
): Promise<Launch> {
  const gateway = await openDoor(settings.port)
  closing.add(gateway.close)
  closing.add(claimStateFolder(options.stateDir))
  const invokeApi = await openInvokeDoor(settings)
  closing.add(invokeApi.close)
  const url = `http://localhost:${gateway.port}`
  const publicUrl = settings.publicUrl ?? url
  return { options, settings, closing, gateway, invokeApi, url, publicUrl }
}

/** Where a command that was written down finds it, unless that port is another program's: after those of the others. */
function openInvokeDoor({ port, lambdaPort }: LocalSettings): Promise<Door> {
  if (lambdaPort !== 0) return openDoor(lambdaPort)
  return atPortOrAny(port === 0 ? 0 : port + 2, openDoor)
}

async function start(launch: Launch): Promise<LocalService> {
  const { url, publicUrl, closing } = launch
  const { stateDir, log } = launch.options
  log('building the functions')
  // Apart from dist/, which a deployment or another run may be writing to at the same time.
  const bundles = await buildFunctions({
    functions: FUNCTIONS,
    bundles: join(stateDir, 'functions'),
    // With an AWS of one's own behind a variable, its credentials may be those of a profile.
    credentials: 'everywhere',
  })
  const { endpoints, stream } = await startEndpoints(launch)
  const runtime = await startFunctions(launch, bundles, endpoints)
  launch.invokeApi.serve(createInvokeApi(runtime))
  serveGateway(launch, runtime, endpoints)
  if (stream) wakeEvents(launch, runtime, stream)
  startSweeps(launch, runtime)
  return {
    url,
    publicUrl,
    apiClient: LOCAL_API_CLIENT,
    microsoftUrl: endpoints.entra,
    lambdaUrl: endpoints.lambda,
    close: closing.close,
  }
}

async function startEndpoints(
  launch: Launch,
): Promise<{ readonly endpoints: Endpoints; readonly stream: TableStream | undefined }> {
  const { settings, closing, publicUrl, gateway, invokeApi } = launch
  const { stateDir, log } = launch.options
  const gatewayPort = gateway.port
  const options = { settings, closing, publicUrl, stateDir, gatewayPort, log }
  const { endpoints, stream } = await startStandIns(options)
  return { endpoints: { ...endpoints, lambda: `http://127.0.0.1:${invokeApi.port}` }, stream }
}

/** The variables come first: a bundle reads them while it is loaded. */
async function startFunctions(
  { options, settings, closing, url, publicUrl }: Launch,
  bundles: readonly Bundle[],
  endpoints: Endpoints,
): Promise<LambdaRuntime> {
  options.log('preparing the tables, the secrets and the settings')
  closing.add(applyEnvironment(awsEnvironment(endpoints, options.env)))
  const secrets = await seed(settings)
  const allowedOrigins = settings.allowedOrigins ?? url
  const wiring = { publicUrl, allowedOrigins, endpoints, secrets }
  closing.add(applyEnvironment({ ...functionEnvironment(wiring), ...logEnvironment(options.env) }))
  const running = bundles.filter(({ name }) => Object.hasOwn(TIMEOUT_SECONDS, name))
  return createLambdaRuntime({
    handlers: loadHandlers(running),
    timeoutSeconds: TIMEOUT_SECONDS,
    log: options.log,
  })
}

async function seed({ isSetUp, microsoft }: LocalSettings): Promise<SecretArns> {
  const app = isSetUp ? microsoft.app : undefined
  const dynamodb = new DynamoDBClient({})
  const secretsManager = new SecretsManagerClient({})
  try {
    await ensureTables(dynamodb)
    if (app !== undefined) await seedSettings(dynamodb, app)
    if (isSetUp) await seedBrand(dynamodb, LOCAL_BRAND)
    return await seedSecrets(secretsManager, app)
  } finally {
    dynamodb.destroy()
    secretsManager.destroy()
  }
}

function serveGateway(launch: Launch, runtime: LambdaRuntime, endpoints: Endpoints): void {
  const { gateway, url, publicUrl } = launch
  const dataverseBaseUrl = endpoints.dataverse
  const pages = createPartnerPages({
    url,
    publicUrl,
    dataverseBaseUrl,
    apiClient: LOCAL_API_CLIENT,
  })
  const { log } = launch.options
  gateway.serve(createGateway({ runtime, routes: ROUTES, publicUrl, pages, log }))
}

/** What was written is told before anything closes that telling it needs. */
function wakeEvents({ closing }: Launch, runtime: LambdaRuntime, stream: TableStream): void {
  stream.wake(async (event) => {
    const invocation = await runtime.invoke('events', event)
    if (invocation.outcome === 'failed') throw new Error(invocation.errorMessage)
    const isAccepted = isDeepStrictEqual(invocation, ACCEPTED)
    if (!isAccepted) throw new Error('it was not accepted')
  })
  closing.add(stream.settled)
}

/** What the function answers when nothing has to come again. */
const ACCEPTED = { outcome: 'returned', payload: { batchItemFailures: [] } }

function startSweeps({ settings, options, closing }: Launch, runtime: LambdaRuntime): void {
  const timer = startSweepTimer({
    intervalSeconds: settings.sweepIntervalSeconds,
    shards: LOCAL_SHARDS,
    log: options.log,
    sweep: async (shard) => {
      await invokeRefresh(runtime, { shard, shards: LOCAL_SHARDS })
      if (shard === 0) await invokeRefresh(runtime, { measure: true })
    },
  })
  closing.add(timer.stop)
}

async function invokeRefresh(runtime: LambdaRuntime, event: object): Promise<void> {
  const invocation = await runtime.invoke('refresh', event)
  if (invocation.outcome === 'failed') throw new Error(invocation.errorMessage)
}
