import type { WireRequest } from './step-names.ts'
import type { WireAnswer } from './wire.ts'

/** Headers that belong to one connection, not to what travels on it. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
])

/** Passes a request of a function on to a server. @returns what that answered. */
export async function forward(request: WireRequest, url: string): Promise<WireAnswer> {
  const { method, body } = request
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    HOP_BY_HOP.has(name) ? [] : [[name, String(value)]],
  )
  const response = await fetch(url, { method, headers, body })
  const kept = [...response.headers].filter(([name]) => !HOP_BY_HOP.has(name))
  const content = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(kept), body: content }
}
