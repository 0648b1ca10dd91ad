import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** One request, over and over. */
export interface Load {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly inFlight: number
  readonly seconds: number
}

/** What came of it; times in milliseconds. */
export interface Fired {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Answers other than 2xx, and requests without one. */
  readonly errors: number
}

const AUTOCANNON = join(import.meta.dirname, '..', 'node_modules', 'autocannon', 'autocannon.js')

/** Sends the request by autocannon, in a process of its own, always so many in flight. */
export async function fire({ url, headers, inFlight, seconds }: Load): Promise<Fired> {
  const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`])
  const args = ['--json', '--no-progress', '-c', String(inFlight), '-d', String(seconds)]
  const child = spawn(process.execPath, [AUTOCANNON, ...args, ...sent, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pieces: string[] = []
  child.stdout.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
  child.stderr.resume()
  await once(child, 'close')
  return firedOf(JSON.parse(pieces.join('')))
}

/** As autocannon reports it. */
interface Report {
  readonly requests: { readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly non2xx: number
  readonly errors: number
  readonly timeouts: number
}

function firedOf({ requests, latency, non2xx, errors, timeouts }: Report): Fired {
  const { p50, p99 } = latency
  return { perSecond: requests.average, p50, p99, errors: non2xx + errors + timeouts }
}
