/** How long one outbound call may take, from connecting to the last byte. */
const TIMEOUT_MS = 5 * 1000

/** More than any answer that is read here; whatever is longer is not one. */
const BODY_LIMIT_BYTES = 256 * 1024

/** Answers of these statuses have no body (Fetch standard). */
const NULL_BODY_STATUSES = new Set([204, 205, 304])

/** What a call may say; a subset of `fetch`'s own. */
export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | URLSearchParams | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * A call whose answer is read whole, within the time and size that are allowed, and that follows no
 * redirect.
 * @throws TypeError, TimeoutError or AbortError when there is no answer within these bounds.
 */
export async function outboundFetch(url: string, request: OutboundRequest = {}): Promise<Response> {
  const signal = AbortSignal.any([
    AbortSignal.timeout(TIMEOUT_MS),
    ...(request.signal ? [request.signal] : []),
  ])
  const { method = 'GET', headers = {}, body = null } = request
  const response = await fetch(url, { method, headers, body, redirect: 'manual', signal })
  const content = await readWithin(response, BODY_LIMIT_BYTES)
  const hasNoBody = NULL_BODY_STATUSES.has(response.status)
  return new Response(hasNoBody ? null : content, {
    status: response.status,
    headers: response.headers,
  })
}

async function readWithin(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > limit) throw new TypeError(`the answer is longer than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
