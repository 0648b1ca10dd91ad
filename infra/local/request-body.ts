import type { IncomingMessage } from 'node:http'

/**
 * Reads a request's body and keeps it, unless it is longer than the limit. The rest is read even so: a
 * client that cannot send it to the end may never see the answer.
 * @returns `'too_large'` when it is longer.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | 'too_large'> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= limitBytes) chunks.push(chunk)
  }
  return length > limitBytes ? 'too_large' : Buffer.concat(chunks)
}
