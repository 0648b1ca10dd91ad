import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthorizationCodes } from './authorization-codes.ts'
import { readClientCertificate, takenAssertions } from './client-assertion.ts'
import type { RecordedRequest, StandInContext } from './context.ts'
import { deliver, hold } from './deliver.ts'
import { faultReply } from './fault-reply.ts'
import { createFaults, type Fault, isCodeFault } from './faults.ts'
import type { FederatedCredential } from './federated-assertion.ts'
import { fileJournal, noJournal } from './grant-journal.ts'
import { createGrants } from './grants.ts'
import { readRequest, type UnreadRequest } from './read-request.ts'
import { empty, json, type Reply, type StandInRequest } from './reply.ts'
import { type Route, routeOf } from './routes.ts'
import { loadSigningKey, type SigningKey } from './signing-key.ts'

/** How to start the stand-in. */
export interface MicrosoftStandInOptions {
  /** 0 takes any free port. */
  readonly port: number
  readonly clientId: string
  readonly clientSecret: string
  /** In PEM; with it a client assertion is accepted in the secret's stead. */
  readonly clientCertificate?: string
  /** Other issuers whose assertions are accepted in the secret's stead. */
  readonly federatedCredentials?: readonly FederatedCredential[]
  /** Compared byte by byte, as Entra does. */
  readonly redirectUris: readonly string[]
  readonly now?: () => Date
  /** Keeps the signing key here, so that tokens outlive a restart; absent: in memory. */
  readonly signingKeyFile?: string
  /** Keeps refresh tokens (hashed) and consents here, so that connections outlive a restart. */
  readonly stateFile?: string
  /** Absent: random between 3600 and 5400 for each token, as at Entra. */
  readonly accessTokenLifetimeSeconds?: number
}

/** A running stand-in. */
export interface MicrosoftStandIn {
  readonly url: string
  /** The latest requests, oldest first. */
  readonly requests: readonly RecordedRequest[]
  close(): Promise<void>
}

/** A local service that runs for weeks must not grow: the older half is forgotten at this many. */
const REMEMBERED_REQUESTS = 100_000

/** Starts the stand-in for Microsoft Entra, Dataverse and Global Discovery on this machine. */
export async function startMicrosoftStandIn(
  options: MicrosoftStandInOptions,
): Promise<MicrosoftStandIn> {
  const parts = partsOf(options, await loadSigningKey(options.signingKeyFile))
  const server = createServer()
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${portOf(server.address())}`
  const requests: RecordedRequest[] = []
  const stopped = new AbortController()
  const scene = { context: { ...parts, url, requests }, requests, signal: stopped.signal }
  server.on('request', (incoming, response) => void serve(scene, incoming, response))
  return {
    url,
    requests,
    close: async () => {
      stopped.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** What needs no address yet; whatever is wrong with the options comes out here, before listening. */
function partsOf(
  options: MicrosoftStandInOptions,
  key: SigningKey,
): Omit<StandInContext, 'requests' | 'url'> {
  const { clientId, clientSecret, redirectUris, clientCertificate, stateFile } = options
  const now = options.now ?? (() => new Date())
  const { accessTokenLifetimeSeconds, federatedCredentials = [] } = options
  return {
    clientId,
    clientCertificate:
      clientCertificate === undefined ? undefined : readClientCertificate(clientCertificate),
    assertions: takenAssertions(now),
    federatedCredentials,
    redirectUris,
    key,
    codes: createAuthorizationCodes(now),
    grants: createGrants(stateFile === undefined ? noJournal : fileJournal(stateFile), now),
    faults: createFaults(),
    now,
    settings: {
      clientSecret,
      expiredClientSecret: undefined,
      refreshTokens: 'lenient',
      accessTokenLifetimeSeconds,
    },
  }
}

interface Scene {
  readonly context: StandInContext
  readonly requests: RecordedRequest[]
  readonly signal: AbortSignal
}

async function serve(
  scene: Scene,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await answer(scene, await readRequest(incoming, scene.context.url), response)
  } catch (error) {
    if (incoming.errored !== null) return
    console.error('the stand-in for Microsoft failed to answer', error)
    if (response.headersSent) response.destroy()
    else response.writeHead(500).end()
  }
}

async function answer(
  { context, requests, signal }: Scene,
  request: StandInRequest | UnreadRequest,
  response: ServerResponse,
): Promise<void> {
  const date = context.now().toUTCString()
  if ('refusedWith' in request) {
    const reply = json(request.refusedWith, { error: 'the request cannot be read' })
    return deliver(response, reply, { fault: undefined, signal, date })
  }
  const route = routeOf(request)
  record(requests, request, route)
  const fault = takeFault(context, request, route)
  await hold(fault, signal)
  const reply = await replyTo(context, route, { request, fault })
  return deliver(response, reply, { fault, signal, date })
}

interface Asked {
  readonly request: StandInRequest
  readonly fault: Fault | undefined
}

async function replyTo(
  context: StandInContext,
  route: Route,
  { request, fault }: Asked,
): Promise<Reply> {
  if (fault?.kind === 'reset') return empty(200)
  const bent = fault === undefined ? undefined : faultReply(context, fault)
  if (bent !== undefined) return bent
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const allowed = route.methods.length === 0 || route.methods.includes(method)
  return allowed ? route.answer(context) : json(405, { error: `use ${route.methods.join(' or ')}` })
}

/** An AADSTS code at authorize needs the request around it: the authorize endpoint takes that one. */
function takeFault(
  { faults }: StandInContext,
  { method }: StandInRequest,
  { target, methods }: Route,
): Fault | undefined {
  if (target === undefined || !methods.includes(method)) return undefined
  const ownsCodes = target.endpoint === 'authorize'
  return faults.take(target, (fault) => !(ownsCodes && isCodeFault(fault)))
}

function record(requests: RecordedRequest[], request: StandInRequest, { target }: Route): void {
  if (requests.length >= REMEMBERED_REQUESTS) requests.splice(0, REMEMBERED_REQUESTS / 2)
  const { method, url } = request
  requests.push({ method, path: url.pathname, grantType: target?.grantType })
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the stand-in for Microsoft is not listening on a port')
}
