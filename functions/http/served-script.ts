import { etagOf, isKnown } from './etag.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './responses.ts'

/** An hour, so that a new version of the script reaches every page on the day it is deployed. */
const CACHE_CONTROL = 'public, max-age=3600'

/**
 * Serves a script to the pages of any origin, by `<script src>` as well as by `import`, which needs CORS.
 * 304 to a browser that has it already.
 */
export function servedScript(text: string): (request: HttpRequest) => HttpResponse {
  const etag = etagOf(text)
  const headers = {
    'access-control-allow-origin': '*',
    'cache-control': CACHE_CONTROL,
    'cross-origin-resource-policy': 'cross-origin',
    etag,
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
  }
  return (request) =>
    isKnown(etag, request)
      ? { statusCode: 304, headers }
      : {
          statusCode: 200,
          headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' },
          body: text,
        }
}
