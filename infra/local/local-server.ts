import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that listens on this machine only. */
export interface LocalServer {
  readonly port: number
  close(): Promise<void>
}

/** How long requests in flight may take to end when a server closes. */
const CLOSE_GRACE_MS = 2_000

/**
 * Listens on 127.0.0.1, and on ::1 where there is IPv6, since `localhost` means either; 0 takes any
 * free port.
 * @throws Error with code `EADDRINUSE` when the port is taken.
 */
export async function listenLocally(port: number, listener: RequestListener): Promise<LocalServer> {
  const first = await listen(port, '127.0.0.1', listener)
  const servers = [first]
  try {
    servers.push(await listen(portOf(first), '::1', listener))
  } catch (error) {
    if (port !== 0 && codeOf(error) === 'EADDRINUSE') {
      await closeServer(first)
      throw error
    }
  }
  return {
    port: portOf(first),
    close: async () => {
      await Promise.all(servers.map(closeServer))
    },
  }
}

const HIGHEST_PORT = 65_535

/** Starts something at this port, or at any free one where that is taken or is none. */
export async function atPortOrAny<T>(
  port: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(port > HIGHEST_PORT ? 0 : port)
  } catch (error) {
    if (!isPortTaken(error)) throw error
    return start(0)
  }
}

/** Whether a server could not listen because another program holds the port. */
export function isPortTaken(error: unknown): error is { readonly port?: unknown } {
  return codeOf(error) === 'EADDRINUSE'
}

async function listen(port: number, host: string, listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

/** Ends a server: idle connections at once, busy ones when they are done or have had their time. */
export async function closeServer(server: Server): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeIdleConnections()
  })
  clearTimeout(cutOff)
}

/** The port that a listening server was given. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address()
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the server is not listening on a port')
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
