import { describe, expect, test } from 'vitest'
import { SECURITY_HEADERS } from '../support/answered.ts'
import { CONNECT_SCRIPT, signInScene } from '../support/sign-in-scene.ts'

const SERVED = {
  'access-control-allow-origin': '*',
  'cache-control': 'public, max-age=3600',
  'cross-origin-resource-policy': 'cross-origin',
  'strict-transport-security': SECURITY_HEADERS['strict-transport-security'],
  'x-content-type-options': 'nosniff',
} as const

async function askFor(headers: Readonly<Record<string, string>> = {}) {
  const { open, log } = await signInScene()
  const answer = await open(
    {},
    { route: 'GET /connect.js', path: '/connect.js', query: '', headers },
  )
  return { ...answer, log }
}

describe('connect.js', () => {
  test('is served to the pages of any origin, to be kept for an hour', async () => {
    const { status, headers, text, cookies } = await askFor()
    expect([status, text, cookies]).toEqual([200, CONNECT_SCRIPT, []])
    expect(headers).toEqual({
      ...SERVED,
      'content-type': 'text/javascript; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
    })
  })

  test.each([
    ['it as it was sent', (etag: string) => etag],
    ['it as a proxy weakened it', (etag: string) => `W/${etag}`],
    ['it among others', (etag: string) => `"another", ${etag}`],
    ['any', () => '*'],
  ])('is not sent again to a browser that has %s', async (_, known) => {
    const { headers: first } = await askFor()
    const { status, headers, text } = await askFor({ 'if-none-match': known(String(first.etag)) })
    expect([status, text]).toEqual([304, ''])
    expect(headers).toEqual({ ...SERVED, etag: first.etag })
  })

  test('is sent again to a browser that has another', async () => {
    const { status, text } = await askFor({ 'if-none-match': '"another"' })
    expect([status, text]).toEqual([200, CONNECT_SCRIPT])
  })
})
