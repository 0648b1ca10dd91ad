import { gunzipSync } from 'node:zlib'
import { etagOf, isKnown } from '../http/etag.ts'
import { type HttpRequest, headerOf, pathVariable } from '../http/request.ts'
import { type HttpResponse, htmlPage } from '../http/responses.ts'
import { notFound } from './dependencies.ts'

/**
 * Reads a file from beside the bundle, compressed by gzip where its name says so.
 * @returns `undefined` where there is none of that name.
 */
export type ReadDocument = (name: string) => Buffer | undefined

/** A few minutes, so that whoever reads the description again gets the version that is deployed. */
const FRESH = 'public, max-age=300'

/** The path has the files' version, so that what it stands for never changes. */
const FOREVER = 'public, max-age=31536000, immutable'

/** The files of the page, by their names. */
const FILE_TYPES: Readonly<Record<string, string>> = {
  'docs.css': 'text/css; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

/** The API's description, as a document for programs and as a page; anybody may read them. */
export const documents = {
  'GET /openapi.json': (read: ReadDocument, http: HttpRequest): HttpResponse =>
    served(http, {
      zipped: found(read, 'openapi.json.gz'),
      contentType: 'application/json; charset=utf-8',
      cacheControl: FRESH,
      isForAll: true,
    }),

  'GET /docs': (read: ReadDocument, _http: HttpRequest): HttpResponse =>
    htmlPage(found(read, 'docs.html').toString('utf8'), 200, {
      styles: ["'self'"],
      scripts: ["'self'"],
      images: ["'self'", 'data:'],
      callsService: true,
    }),

  'GET /docs/{version}/{file}': (read: ReadDocument, http: HttpRequest): HttpResponse => {
    const version = pathVariable(http, 'version')
    const file = pathVariable(http, 'file')
    const contentType = Object.hasOwn(FILE_TYPES, file) ? FILE_TYPES[file] : undefined
    if (contentType === undefined || !/^[0-9a-f]{12}$/.test(version)) throw noSuchFile()
    const zipped = found(read, `docs-${version}/${file}.gz`)
    return served(http, { zipped, contentType, cacheControl: FOREVER, isForAll: false })
  },
}

function found(read: ReadDocument, name: string): Buffer {
  const content = read(name)
  if (content === undefined) throw noSuchFile()
  return content
}

function noSuchFile(): Error {
  return notFound('there is no such file of the documentation; open /docs again')
}

interface Served {
  readonly zipped: Buffer
  readonly contentType: string
  readonly cacheControl: string
  /** Whether pages of other origins may read it. */
  readonly isForAll: boolean
}

function served(http: HttpRequest, { zipped, contentType, cacheControl, isForAll }: Served) {
  const etag = etagOf(zipped)
  const headers = {
    ...(isForAll ? { 'access-control-allow-origin': '*' } : {}),
    'cache-control': cacheControl,
    'cross-origin-resource-policy': isForAll ? 'cross-origin' : 'same-origin',
    etag,
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  }
  if (isKnown(etag, http)) return { statusCode: 304, headers }
  const takesGzip = /\bgzip\b/.test(headerOf(http, 'accept-encoding') ?? '')
  return {
    statusCode: 200,
    headers: {
      ...headers,
      'content-type': contentType,
      ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: (takesGzip ? zipped : gunzipSync(zipped)).toString('base64'),
    isBase64Encoded: true,
  }
}
