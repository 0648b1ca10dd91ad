import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from './faults.ts'
import type { Reply } from './reply.ts'

/** Between two pieces of a dripping answer, unless the fault says otherwise. */
const DRIP_INTERVAL_MS = 1000

/** Waits as long as the fault asks for; a dripping fault spends its delay between the pieces. */
export async function hold(fault: Fault | undefined, signal: AbortSignal): Promise<void> {
  if (fault?.delayMs === undefined || fault.kind === 'drip') return
  await delay(fault.delayMs, undefined, { signal }).catch(() => {})
}

/** What happens to a reply on its way. */
interface Delivery {
  readonly fault: Fault | undefined
  /** Ends a slow delivery when the stand-in is closed. */
  readonly signal: AbortSignal
  /** The `Date` header: the stand-in's clock, not the machine's. */
  readonly date: string
}

/** Sends the reply, or as much of it as the fault lets through. */
export async function deliver(
  response: ServerResponse,
  reply: Reply,
  delivery: Delivery,
): Promise<void> {
  const { fault, date } = delivery
  if (fault?.kind === 'reset' || fault?.kind === 'lost') {
    response.socket?.resetAndDestroy()
    return
  }
  const body = Buffer.from(reply.body)
  response.writeHead(reply.status, { date, ...reply.headers, 'content-length': body.length })
  if (fault?.kind === 'truncate') return truncate(response, body)
  if (fault?.kind === 'drip') return drip(response, body, delivery)
  response.end(body)
}

/** Half of what was announced, and then the line is dead. */
function truncate(response: ServerResponse, body: Buffer): void {
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy())
}

/** Byte by byte, for as long as the client has patience. */
async function drip(
  response: ServerResponse,
  body: Buffer,
  { fault, signal }: Delivery,
): Promise<void> {
  for (let sent = 0; sent < body.length && !response.destroyed && !signal.aborted; sent++) {
    response.write(body.subarray(sent, sent + 1))
    await delay(fault?.delayMs ?? DRIP_INTERVAL_MS, undefined, { signal }).catch(() => {})
  }
  response.end()
}
