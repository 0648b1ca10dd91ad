import type { IncomingMessage } from 'node:http'
import type { StandInRequest } from './reply.ts'

/** No legitimate request comes near this. */
const LONGEST_BODY_BYTES = 256 * 1024

/** A request that is refused with this HTTP status before anybody looks at it. */
export interface UnreadRequest {
  readonly refusedWith: number
}

/** Reads one request completely; one that is too long is read to its end, but not kept. */
export async function readRequest(
  incoming: IncomingMessage,
  baseUrl: string,
): Promise<StandInRequest | UnreadRequest> {
  const url = parseUrl(incoming.url ?? '/', baseUrl)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length <= LONGEST_BODY_BYTES) chunks.push(bytes)
  }
  if (url === undefined) return { refusedWith: 400 }
  if (length > LONGEST_BODY_BYTES) return { refusedWith: 413 }
  const body = Buffer.concat(chunks).toString('utf8')
  return { method: incoming.method ?? 'GET', url, headers: incoming.headers, body }
}

/** Only a path is accepted, and one whose percent signs can be decoded. */
function parseUrl(target: string, baseUrl: string): URL | undefined {
  if (!target.startsWith('/')) return undefined
  try {
    const url = new URL(`${baseUrl}${target}`)
    decodeURIComponent(url.pathname)
    return url
  } catch {
    return undefined
  }
}
