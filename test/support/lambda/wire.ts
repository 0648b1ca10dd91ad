import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { stepName, type WireRequest } from './step-names.ts'

/** When the process is killed, counted from one step of it. */
export const MOMENTS = ['before', 'processed', 'answered'] as const
export type Moment = (typeof MOMENTS)[number]

/**
 * - `before`: the request has left the process and reached nobody
 * - `processed`: it had its effect, and its answer reaches nobody
 * - `answered`: its answer is handed to the operating system, and nothing that follows it gets through
 */
export interface KillPoint {
  readonly step: string
  readonly moment: Moment
}

/** An answer, complete before its first byte is sent. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Everything that a process can reach: one address for all, so that there is one order of events. */
export interface Wire {
  readonly port: number
  /** The names of the steps so far, in order. */
  readonly steps: readonly string[]
  /** Resolves when every request that was under way is processed, and lets no other through. */
  cut(): Promise<void>
  close(): void
}

interface WireOptions {
  /** Has the request's effect and says what it is answered with; `undefined`: with nothing, ever. */
  readonly process: (request: WireRequest) => Promise<WireAnswer | undefined>
  /** Requests that are no step, such as waiting for the next invocation. */
  readonly isStep: (request: WireRequest) => boolean
  readonly kill: KillPoint | undefined
  readonly onKill: () => void
}

/** Starts a wire on a free port of this machine. */
export async function startWire(options: WireOptions): Promise<Wire> {
  const steps: string[] = []
  const underWay = new Set<Promise<unknown>>()
  const gate = createGate(options)
  const noteStep = (request: WireRequest): string | undefined => {
    if (!options.isStep(request)) return undefined
    const step = numbered(stepName(request), steps)
    steps.push(step)
    return step
  }
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming)
    if (!gate.isOpen()) return
    const step = noteStep(request)
    if (!gate.passes(step, 'before')) return
    const answer = await options.process(request)
    if (answer === undefined || !gate.passes(step, 'processed')) return
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
    response.end(answer.body, () => gate.passes(step, 'answered'))
  }
  const server = createServer((incoming, response) => {
    // A killed process hangs up in the middle of things.
    const served = serve(incoming, response).catch(() => response.destroy())
    underWay.add(served)
    void served.finally(() => underWay.delete(served))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    steps,
    cut: async () => {
      gate.shut()
      await Promise.all(underWay)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Lets everything pass until the process is killed, and nothing after. */
function createGate({ kill, onKill }: Pick<WireOptions, 'kill' | 'onKill'>) {
  let isOpen = true
  return {
    isOpen: () => isOpen,
    shut: () => {
      isOpen = false
    },
    /** @returns whether the process goes on from here. */
    passes: (step: string | undefined, moment: Moment): boolean => {
      if (isOpen && step !== undefined && step === kill?.step && moment === kill.moment) {
        isOpen = false
        onKill()
      }
      return isOpen
    },
  }
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const { method = 'GET', url: target = '/', headers } = incoming
  return { method, target, headers, body: String(await buffer(incoming)) }
}

/** The second of the same name is told from the first: `read connection (2)`. */
function numbered(name: string, before: readonly string[]): string {
  const count = before.filter((step) => step.replace(/ \(\d+\)$/, '') === name).length
  return count === 0 ? name : `${name} (${count + 1})`
}
