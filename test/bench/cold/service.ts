import { join } from 'node:path'
import { issueBearerToken } from '../../../functions/http/bearer-token.ts'
import { functionEnvironment } from '../../../infra/local/function-environment.ts'
import { LOCAL_API_CLIENT } from '../../../infra/local/seed.ts'
import { newLink, prepare, signIn } from '../../faults/crash/callback-cell.ts'
import { ACCOUNT, createConnected } from '../../faults/crash/sign-in.ts'
import {
  askMicrosoft,
  type Lane,
  PARTNER_ORIGIN,
  PUBLIC_URL,
  startLane,
  startWorld,
  type World,
} from '../../faults/crash/world.ts'
import { forward } from '../../support/lambda/forward.ts'
import type { WireRequest } from '../../support/lambda/step-names.ts'
import type { WireAnswer } from '../../support/lambda/wire.ts'
import { type RecordedBackend, startRecordedBackend } from './recorded-backend.ts'
import type { ColdStart } from './start-once.ts'

/** The functions that somebody waits for. */
export const SERVICE_FUNCTIONS = ['token', 'authorize', 'callback'] as const
export type ServiceFunction = (typeof SERVICE_FUNCTIONS)[number]

/** The deployed bundles and all that they talk to. */
export interface Service {
  readonly backend: RecordedBackend
  /** What the variables of the AWS SDK and the names of table and secret are, for any function. */
  readonly environment: ColdStart['environment']
  readonly functions: Readonly<Record<ServiceFunction, ColdStart>>
  close(): Promise<void>
}

const HOUR_MS = 60 * 60 * 1000

/** Brings a connected connection, a link to sign in by, and a browser on its way back from Microsoft. */
export async function startService(): Promise<Service> {
  const world = await startWorld()
  const lane = await startLane()
  const backend = await startRecordedBackend((request, address) =>
    ask({ world, lane }, request, address),
  )
  const environment = { ...environmentOf(world, backend.url), AWS_ACCESS_KEY_ID: lane.accessKeyId }
  const events = await eventsFor(world, lane)
  const coldStart = (name: ServiceFunction): ColdStart => ({
    bundle: join(world.bundles, name),
    environment,
    event: events[name],
  })
  return {
    backend,
    environment,
    functions: {
      token: coldStart('token'),
      authorize: coldStart('authorize'),
      callback: coldStart('callback'),
    },
    close: async () => {
      backend.close()
      await lane.dynamodb.stop()
      await world.close()
    },
  }
}

/** The certificate is the stand-in's own; to check it against Node's list would be checking nothing. */
function environmentOf(world: World, address: string): ColdStart['environment'] {
  const endpoints = {
    dynamodb: address,
    secretsManager: address,
    lambda: address,
    entra: address,
    dataverse: `${address}/dataverse`,
  }
  const allowedOrigins = PARTNER_ORIGIN
  const wiring = { publicUrl: PUBLIC_URL, allowedOrigins, secrets: world.secretArns, endpoints }
  return {
    ...functionEnvironment(wiring),
    AWS_ENDPOINT_URL: address,
    AWS_REGION: 'eu-central-1',
    AWS_SECRET_ACCESS_KEY: 'test',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_NO_WARNINGS: '1',
  }
}

function ask(
  { world, lane }: { readonly world: World; readonly lane: Lane },
  request: WireRequest,
  address: string,
): Promise<WireAnswer> {
  const [service = ''] = String(request.headers['x-amz-target'] ?? '').split('.')
  if (service.startsWith('DynamoDB')) return forward(request, lane.dynamodbUrl)
  if (service === 'secretsmanager') return forward(request, world.secretsUrl)
  return askMicrosoft(world.microsofts.lenient, request, address)
}

async function eventsFor(
  world: World,
  lane: Lane,
): Promise<Readonly<Record<ServiceFunction, unknown>>> {
  const microsoft = world.microsofts.lenient
  const { id } = await createConnected(world, lane, { microsoft, leftMs: HOUR_MS })
  const client = { clientId: LOCAL_API_CLIENT.clientId, accountId: undefined }
  const bearerToken = issueBearerToken(await world.readApiAccess(), client, new Date())
  const scene = await prepare(world, lane, 'lenient')
  const link = new URLSearchParams({
    id: String(scene.connection.id),
    token: await newLink(scene),
    targetOrigin: `${PARTNER_ORIGIN}/`,
  })
  const { event: callback } = await signIn(scene, await newLink(scene))
  return {
    token: {
      ...eventOf('/v1.0/account/connectors/{id}/token'),
      pathParameters: { id: String(id) },
      headers: { authorization: `Bearer ${bearerToken}`, 'x-cyclr-account': ACCOUNT },
    },
    authorize: { ...eventOf('/connector/authorize'), rawQueryString: link.toString() },
    callback,
  }
}

function eventOf(path: string) {
  return {
    version: '2.0',
    routeKey: `GET ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {},
    requestContext: { requestId: 'r', http: { method: 'GET' } },
    isBase64Encoded: false,
  }
}
