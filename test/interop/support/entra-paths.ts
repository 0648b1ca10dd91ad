import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { TENANT_ID } from './identity-server.ts'

export interface EntraPaths {
  /** The refresh tokens that have passed through the token endpoint, oldest first. */
  readonly refreshTokens: readonly string[]
  close(): Promise<void>
}

interface EntraPathsOptions {
  readonly port: number
  /** Where the server really has what Entra has at `/{tenant}/…`. */
  upstream(path: string): string
}

/** Puts the endpoints of another server where Entra has them; bodies pass through unchanged. */
export async function startEntraPaths(options: EntraPathsOptions): Promise<EntraPaths> {
  const refreshTokens: string[] = []
  const server = createServer((request, response) => {
    forward(options, request, response).then(
      (body) => refreshTokens.push(...issuedRefreshToken(body)),
      () => response.writeHead(502).end(),
    )
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  return {
    refreshTokens,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function forward(
  { port, upstream }: EntraPathsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const body = await buffer(request)
  const answered = await fetch(`${upstream(pathname)}${search}`, {
    method: request.method ?? 'GET',
    headers: forwardedHeaders(port, request),
    redirect: 'manual',
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  })
  const text = await answered.text()
  const headers = [...answered.headers].filter(([name]) => !HOP_HEADERS.has(name))
  response.writeHead(answered.status, headers.flat()).end(text)
  return text
}

/** Between two neighbours only, or about an encoding that fetch has already undone. */
const HOP_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'transfer-encoding',
])

function forwardedHeaders(port: number, request: IncomingMessage): Headers {
  const passed = ['accept', 'authorization', 'content-type', 'cookie']
  const headers = new Headers(passed.flatMap((name) => header(name, request.headers[name])))
  headers.set('x-forwarded-proto', 'http')
  headers.set('x-forwarded-port', String(port))
  return headers
}

const header = (name: string, value: string | string[] | undefined): [string, string][] =>
  typeof value === 'string' ? [[name, value]] : []

const issuedRefreshToken = (body: string): string[] =>
  [...body.matchAll(/"refresh_token"\s*:\s*"([^"]+)"/g)].map(([, token = '']) => token)

/** The path without its tenant, which the server behind does not know of. */
export const withoutTenant = (path: string): string => path.replace(`/${TENANT_ID}/`, '/')
