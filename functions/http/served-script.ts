import { createHash } from 'node:crypto'
import { type HttpRequest, headerOf } from './request.ts'
import type { HttpResponse } from './responses.ts'

/** An hour, so that a new version of the script reaches every page on the day it is deployed. */
const CACHE_CONTROL = 'public, max-age=3600'

/**
 * Serves a script to the pages of any origin, by `<script src>` as well as by `import`, which needs CORS.
 * 304 to a browser that has it already.
 * @see RFC 9110 §13.1.2
 */
export function servedScript(text: string): (request: HttpRequest) => HttpResponse {
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const headers = {
    'access-control-allow-origin': '*',
    'cache-control': CACHE_CONTROL,
    'cross-origin-resource-policy': 'cross-origin',
    etag,
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
  }
  return (request) =>
    isKnown(etag, headerOf(request, 'if-none-match'))
      ? { statusCode: 304, headers }
      : {
          statusCode: 200,
          headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' },
          body: text,
        }
}

/** A proxy that compresses makes the tag a weak one, which serves as well. */
function isKnown(etag: string, ifNoneMatch = ''): boolean {
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
