import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { apiHandler } from '../../../functions/api/handler.ts'
import { aWorld } from '../../support/world.ts'
import { ACCESS } from '../support/api-clients.ts'
import { type EventParts, httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingLog } from '../support/recording-log.ts'
import { refusal } from './support.ts'

const DESCRIPTION = '{"openapi":"3.1.0"}'
const PAGE = '<!doctype html><title>dynamics-connect API</title>'
const STYLE = 'body { margin: 0 }'
const VERSION = '0f6c2b8e1a31'

const FILES: Readonly<Record<string, Buffer>> = {
  'openapi.json.gz': gzipSync(DESCRIPTION),
  'docs.html': Buffer.from(PAGE),
  [`docs-${VERSION}/swagger-ui.css.gz`]: gzipSync(STYLE),
  'index.js': Buffer.from('canary'),
}

async function ask(parts: EventParts) {
  const asked: string[] = []
  const readDocument = (name: string) => {
    asked.push(name)
    return FILES[name]
  }
  const deps = { ...aWorld(), readApiAccess: async () => ACCESS, readDocument }
  const response = await apiHandler(deps, recordingLog())(httpEvent(parts), lambdaContext())
  const { statusCode: status, headers = {}, body = '', isBase64Encoded } = response
  return { status, headers, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'), asked }
}

const askForFile = (version: string, file: string) =>
  ask({ route: 'GET /docs/{version}/{file}', variables: { version, file } })

describe('the description', () => {
  const route = 'GET /openapi.json'

  test('is served to the pages of any origin, without a bearer token', async () => {
    const { status, headers, body } = await ask({ route })
    expect([status, body.toString()]).toEqual([200, DESCRIPTION])
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=300',
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    })
    expect(headers).not.toHaveProperty('content-encoding')
  })

  test('is sent as it is kept, compressed, to whoever takes that', async () => {
    const { headers, body } = await ask({ route, headers: { 'accept-encoding': 'br, gzip' } })
    expect(headers).toMatchObject({ 'content-encoding': 'gzip' })
    expect(gunzipSync(body).toString()).toBe(DESCRIPTION)
  })

  test('is not sent again to whoever has it', async () => {
    const { headers } = await ask({ route })
    const again = await ask({ route, headers: { 'if-none-match': String(headers.etag) } })
    expect([again.status, again.body.length]).toEqual([304, 0])
    expect(again.headers.etag).toBe(headers.etag)
  })
})

describe('the page of it', () => {
  test('loads scripts and styles of the service alone, and nothing inline', async () => {
    const { status, headers, body } = await ask({ route: 'GET /docs' })
    expect([status, body.toString()]).toEqual([200, PAGE])
    expect(String(headers['content-security-policy']).split('; ').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "script-src 'self'",
      "style-src 'self'",
    ])
  })

  test('has files that are kept for a year, since their path has their version', async () => {
    const { status, headers, body } = await askForFile(VERSION, 'swagger-ui.css')
    expect([status, body.toString()]).toEqual([200, STYLE])
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/css; charset=utf-8',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each([
    [VERSION, 'index.js'],
    [VERSION, 'constructor'],
    [VERSION, '../../index.js'],
    ['..', 'swagger-ui.css'],
    [`${VERSION}/..`, 'swagger-ui.css'],
    ['', ''],
  ])('looks for no other file: %s %s', async (version, file) => {
    const { status, body, asked } = await askForFile(version, file)
    expect([status, asked]).toEqual([404, []])
    expect(JSON.parse(body.toString())).toMatchObject(refusal('not_found'))
  })

  test('does not have the files of another version', async () => {
    const { status, asked } = await askForFile('aaaaaaaaaaaa', 'swagger-ui.css')
    expect([status, asked]).toEqual([404, ['docs-aaaaaaaaaaaa/swagger-ui.css.gz']])
  })
})
