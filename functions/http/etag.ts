import { createHash } from 'node:crypto'
import { type HttpRequest, headerOf } from './request.ts'

/** The tag of a content, by which a browser asks whether it is still the same. @see RFC 9110 §8.8.3 */
export function etagOf(content: string | Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url')}"`
}

/** Whether the browser has it already. A proxy that compresses makes the tag a weak one, which serves as well. */
export function isKnown(etag: string, request: HttpRequest): boolean {
  const tags = (headerOf(request, 'if-none-match') ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
