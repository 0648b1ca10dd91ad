import { Readable } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { outboundFetch } from '../../../functions/adapters/outbound-fetch.ts'
import { send, tinyServer } from '../support/tiny-server.ts'

const LIMIT = 256 * 1024

afterEach(() => {
  vi.useRealTimers()
})

describe('an answer', () => {
  test('comes with its status, headers and body, whatever the status', async () => {
    const { url } = await tinyServer((_, response) =>
      send(response, { status: 418, headers: { 'x-kind': 'teapot' }, body: { a: 1 } }),
    )
    const answer = await outboundFetch(url)
    expect([answer.status, answer.headers.get('x-kind')]).toEqual([418, 'teapot'])
    expect(await answer.json()).toEqual({ a: 1 })
  })

  test('that is HTML comes as it is, for the reader to judge', async () => {
    const { url } = await tinyServer((_, response) =>
      send(response, { headers: { 'content-type': 'text/html' }, body: '<h1>Busy</h1>' }),
    )
    expect(await (await outboundFetch(url)).text()).toBe('<h1>Busy</h1>')
  })

  test('reads the same as text, as JSON and as a copy of it', async () => {
    const body = '\ufeff{"name":"Zoë"}'
    const { url } = await tinyServer((_, response) => send(response, { body }))
    const answer = await outboundFetch(url)
    expect(Object.prototype.toString.call(answer)).toBe('[object Response]')
    expect(await answer.clone().json()).toEqual({ name: 'Zoë' })
    expect(await answer.json()).toEqual({ name: 'Zoë' })
    expect(await answer.text()).toBe('{"name":"Zoë"}')
  })

  test.each([200, 204, 304])('of status %i may be empty', async (status) => {
    const { url } = await tinyServer((_, response) => response.writeHead(status).end())
    const answer = await outboundFetch(url)
    expect([answer.status, await answer.text()]).toEqual([status, ''])
  })

  test.each([301, 302, 303, 307, 308])('that redirects by %i is not followed', async (status) => {
    const server = await tinyServer((_, response) =>
      send(response, { status, headers: { location: '/elsewhere' } }),
    )
    const answer = await outboundFetch(`${server.url}/here`)
    expect([answer.status, answer.headers.get('location')]).toEqual([status, '/elsewhere'])
    expect(server.received.map(({ path }) => path)).toEqual(['/here'])
  })
})

describe('a request', () => {
  test('carries its method, headers and form', async () => {
    const server = await tinyServer((_, response) => send(response, {}))
    const body = new URLSearchParams({ secret: 'a+b&c%d=e~f"g h' })
    await outboundFetch(server.url, { method: 'POST', headers: { 'x-one': '1' }, body })
    const [request] = server.received
    expect(request).toMatchObject({
      method: 'POST',
      headers: {
        'x-one': '1',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      },
    })
    expect(new URLSearchParams(request?.body).get('secret')).toBe('a+b&c%d=e~f"g h')
  })

  test('names no origin, for Entra takes it for a browser then', async () => {
    const server = await tinyServer((_, response) => send(response, {}))
    await outboundFetch(server.url, { method: 'POST', body: 'a=b' })
    expect(server.received[0]?.headers).not.toHaveProperty('origin')
  })
})

describe('the size of an answer', () => {
  test('may be all that is allowed', async () => {
    const { url } = await tinyServer((_, response) => send(response, { body: 'x'.repeat(LIMIT) }))
    expect((await (await outboundFetch(url)).text()).length).toBe(LIMIT)
  })

  test('may not be one byte more', async () => {
    const { url } = await tinyServer((_, response) =>
      send(response, { body: 'x'.repeat(LIMIT + 1) }),
    )
    await expect(outboundFetch(url)).rejects.toThrow(TypeError)
  })

  test('ends an answer that never ends, and hangs up', async () => {
    const hungUp = Promise.withResolvers<void>()
    const endless = function* () {
      for (;;) yield 'x'.repeat(16 * 1024)
    }
    const { url } = await tinyServer((_, response) => {
      Readable.from(endless()).pipe(response).on('close', hungUp.resolve)
    })
    await expect(outboundFetch(url)).rejects.toThrow(TypeError)
    await expect(hungUp.promise).resolves.toBeUndefined()
  })
})

describe('no answer', () => {
  test('is waited for no longer than the caller wants', async () => {
    const caller = new AbortController()
    const { url } = await tinyServer(() => caller.abort())
    const answer = outboundFetch(url, { signal: caller.signal })
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  })

  test('is waited for no longer than the caller wants, also between two bytes', async () => {
    const caller = new AbortController()
    const { url } = await tinyServer((_, response) => {
      response.writeHead(200)
      response.write('{"access_token":"', () => caller.abort())
    })
    const answer = outboundFetch(url, { signal: caller.signal })
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  })

  test.each([false, true])(
    'is waited for no longer than five seconds, whatever has come (%s)',
    async (hasBegun) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const arrived = Promise.withResolvers<void>()
      const { url } = await tinyServer((_, response) => {
        if (!hasBegun) return arrived.resolve()
        response.writeHead(200)
        response.write('{"access_token":"', () => arrived.resolve())
      })
      const answer = outboundFetch(url, { signal: new AbortController().signal })
      const settled = vi.fn()
      answer.catch(() => undefined).finally(settled)
      await arrived.promise
      await vi.advanceTimersByTimeAsync(4999)
      expect(settled).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }))
    },
  )

  test('is not even asked for when the caller wants none', async () => {
    const server = await tinyServer((_, response) => send(response, {}))
    const answer = outboundFetch(server.url, { signal: AbortSignal.abort() })
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(server.received).toEqual([])
  })

  test('leaves neither a timer nor a listener behind when it came', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { signal } = new AbortController()
    const remove = vi.spyOn(signal, 'removeEventListener')
    const { url } = await tinyServer((_, response) => send(response, {}))
    await outboundFetch(url, { signal })
    expect(vi.getTimerCount()).toBe(0)
    expect(remove).toHaveBeenCalledWith('abort', expect.any(Function))
  })

  test('is an error when the connection is reset', async () => {
    const { url } = await tinyServer((_, response) => response.socket?.resetAndDestroy())
    await expect(outboundFetch(url)).rejects.toThrow(TypeError)
  })

  test('is an error when the answer breaks off', async () => {
    const { url } = await tinyServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"access_token":', () => response.destroy())
    })
    await expect(outboundFetch(url)).rejects.toThrow(TypeError)
  })

  test('is an error when nobody listens', async () => {
    await expect(outboundFetch('http://127.0.0.1:9')).rejects.toThrow(TypeError)
  })
})
