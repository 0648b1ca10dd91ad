import type { RequestListener } from 'node:http'
import { listenLocally } from './local-server.ts'

/** A port that is taken already, although what answers there is still being made. */
export interface Door {
  readonly port: number
  /** From now on, and for requests that are waiting. */
  serve(listener: RequestListener): void
  close(): Promise<void>
}

/**
 * Takes a port at once, so that its number is known, or that it is taken, before anything else starts.
 * A request that comes early waits.
 */
export async function openDoor(port: number): Promise<Door> {
  const opened = Promise.withResolvers<RequestListener>()
  const server = await listenLocally(port, (request, response) => {
    void opened.promise.then((listener) => listener(request, response))
  })
  return { port: server.port, serve: opened.resolve, close: server.close }
}
