import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { entraTokenEndpoint } from '../../functions/adapters/entra-token-endpoint.ts'
import type { RefreshTokenGrant, TokenEndpoint } from '../../functions/domain/token-endpoint.ts'
import type { Answer, EntraModel, Issued } from './entra-model.ts'
import { ask } from './ports.ts'
import type { Operation, Stage } from './stage.ts'
import type { Watch } from './watch.ts'

/** Token requests through the real adapter, over the network of this machine, to the model of Entra. */
export interface Wire {
  refresh(
    operation: Operation,
    grant: RefreshTokenGrant,
    now: () => Date,
  ): ReturnType<TokenEndpoint['refresh']>
}

/** The server at the other end. */
export interface WireServer {
  connect(deps: WireDependencies): Wire
  stop(): Promise<void>
}

export interface WireDependencies {
  readonly stage: Stage
  readonly entra: EntraModel
  readonly watch: Watch
}

/** After so long the adapter gives a call up. */
const CALL_LIMIT_MS = 5000

interface Caller {
  readonly deps: WireDependencies
  readonly operation: Operation
  readonly signal: AbortSignal
  isGivenUp(): boolean
  /** The stage waits while something is on its way. */
  arrived(): void
  left(): void
}

export async function startWire(): Promise<WireServer> {
  const callers = new Map<string, Caller>()
  const server = createServer((request, response) => void serve(callers, request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  let serial = 0
  return {
    connect: (deps) => ({
      refresh: async (operation, grant, now) => {
        serial += 1
        const number = String(serial)
        let release = deps.stage.hold()
        let hasGivenUp = false
        const isGivenUp = () => hasGivenUp
        // The adapter's own limit, and the refresh's.
        const signal = AbortSignal.any([grant.signal, deps.stage.timeout(CALL_LIMIT_MS)])
        const arrived = () => release()
        const left = () => {
          if (!hasGivenUp) release = deps.stage.hold()
        }
        callers.set(number, { deps, operation, signal, isGivenUp, arrived, left })
        const entraBaseUrl = `http://127.0.0.1:${port}/${number}`
        try {
          return await entraTokenEndpoint({ entraBaseUrl, now }).refresh(grant)
        } finally {
          callers.delete(number)
          hasGivenUp = true
          release()
        }
      },
    }),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((stopped) => server.close(stopped))
    },
  }
}

async function serve(
  callers: ReadonlyMap<string, Caller>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, number = '', tenant = ''] = request.url?.split('/') ?? []
  const form = new URLSearchParams(await text(request))
  const caller = callers.get(number)
  if (caller === undefined) return void response.destroy()
  const { deps, operation, signal, isGivenUp, arrived, left } = caller
  const wanted = requestIn(form)
  arrived()
  const answer = await ask(deps, operation, { ...wanted, tenant, signal, isGivenUp })
  left()
  if (answer.kind === 'none') return void deps.stage.advance(CALL_LIMIT_MS)
  const issuer = `http://${request.headers.host}/${number}/${tenant}/v2.0`
  const now = deps.stage.now()
  send(response, answer, { issuer, audience: wanted.clientId, now })
}

function requestIn(form: URLSearchParams) {
  const [scope = ''] = (form.get('scope') ?? '').split(' ')
  return {
    refreshToken: form.get('refresh_token') ?? '',
    clientId: form.get('client_id') ?? '',
    clientSecret: form.get('client_secret') ?? '',
    resource: scope.replace('/user_impersonation', ''),
  }
}

interface About {
  readonly issuer: string
  readonly audience: string
  readonly now: Date
}

function send(
  response: ServerResponse,
  answer: Exclude<Answer, { kind: 'none' }>,
  about: About,
): void {
  if (answer.kind === 'issued') {
    const { accessToken, refreshToken, lifetimeSeconds } = answer.issued
    json(response, 200, {
      token_type: 'Bearer',
      access_token: accessToken,
      expires_in: lifetimeSeconds,
      id_token: idTokenOf(answer.issued, about),
      ...(answer.isRefreshTokenOmitted ? {} : { refresh_token: refreshToken }),
    })
  } else if (answer.kind === 'refused') {
    const { status, error, code } = answer
    json(response, status, { error, error_description: `AADSTS${code}: as the model wants it` })
  } else if (answer.kind === 'unavailable') {
    const seconds = answer.retryAfterSeconds
    if (seconds !== undefined) response.setHeader('retry-after', seconds)
    response.writeHead(answer.status).end('busy')
  } else {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Signed by nobody: on a refresh, the adapter takes the connection's word for it. */
function idTokenOf({ user }: Issued, { issuer: iss, audience: aud, now }: About): string {
  const seconds = Math.floor(now.getTime() / 1000)
  const who = { sub: user.objectId, tid: user.tenantId, oid: user.objectId }
  const claims = { iss, aud, iat: seconds, exp: seconds + 3600, ...who }
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return `${parts.join('.')}.c2lnbmF0dXJl`
}
