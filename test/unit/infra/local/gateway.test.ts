import { request as httpRequest } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createGateway, type LocalPages } from '../../../../infra/local/gateway.ts'
import { createLambdaRuntime, type LambdaHandler } from '../../../../infra/local/lambda-runtime.ts'
import { listenLocally } from '../../../../infra/local/local-server.ts'

const ROUTES = { api: ['GET /items/{id}', 'POST /items', '$default'] }

interface Setting {
  readonly pages?: LocalPages
  readonly log?: (line: string) => void
  readonly timeoutSeconds?: number
}

async function gateway(api: LambdaHandler, setting: Setting = {}): Promise<string> {
  const { pages, log, timeoutSeconds } = setting
  const runtime = createLambdaRuntime({
    handlers: { api },
    ...(timeoutSeconds && { timeoutSeconds: { api: timeoutSeconds } }),
  })
  const listener = createGateway({
    runtime,
    routes: ROUTES,
    publicUrl: 'https://abc.connect.example.com',
    ...(pages && { pages }),
    ...(log && { log }),
  })
  const server = await listenLocally(0, listener)
  onTestFinished(() => server.close())
  return `http://127.0.0.1:${server.port}`
}

/** Sends the request and gives the event that the function got. */
async function eventOf(path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2> {
  const response = await fetch(`${await gateway(async (event) => event)}${path}`, init)
  return (await response.json()) as APIGatewayProxyEventV2
}

/** A request with raw header lines, which fetch would merge or refuse. */
async function rawRequest(url: string, headers: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  httpRequest(url, { headers }, (response) => {
    response.setEncoding('utf8').on('data', resolve)
  })
    .on('error', reject)
    .end()
  return promise
}

describe('the event', () => {
  test('says everything that payload format 2.0 says', async () => {
    const event = await eventOf('/items/a%20b?x=1&y=%C3%A4&x=2', {
      headers: { 'User-Agent': 'test', 'X-Mixed-Case': 'Value' },
    })
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /items/{id}',
      rawPath: '/items/a b',
      rawQueryString: 'x=1&y=%C3%A4&x=2',
      queryStringParameters: { x: '1,2', y: 'ä' },
      pathParameters: { id: 'a b' },
      headers: { 'x-mixed-case': 'Value', 'x-forwarded-for': '127.0.0.1' },
      isBase64Encoded: false,
      requestContext: {
        accountId: expect.stringMatching(/^\d{12}$/),
        apiId: expect.any(String),
        domainName: 'abc.connect.example.com',
        domainPrefix: 'abc',
        http: {
          method: 'GET',
          path: '/items/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[\w-]{15}=$/),
        routeKey: 'GET /items/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
    })
  })

  test('leaves out what a request does not have', async () => {
    const event = await eventOf('/unknown')
    expect(event.routeKey).toBe('$default')
    expect(event.rawQueryString).toBe('')
    for (const name of ['body', 'cookies', 'queryStringParameters', 'pathParameters']) {
      expect(event).not.toHaveProperty(name)
    }
  })

  test('carries cookies in a field of their own, and not among the headers', async () => {
    const url = await gateway(async (event) => event)
    const body = await rawRequest(`${url}/`, [
      'Host',
      'h',
      'Cookie',
      'a=1; b=2',
      'X-A',
      '1',
      'x-a',
      '2',
    ])
    const event = JSON.parse(body) as APIGatewayProxyEventV2
    expect(event.cookies).toEqual(['a=1', 'b=2'])
    expect(event.headers).not.toHaveProperty('cookie')
    expect(event.headers['x-a']).toBe('1,2')
  })

  test.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['text/plain', false],
    ['text/html;charset=UTF-8', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/x-www-form-urlencoded', true],
    ['application/problem+json', true],
    ['application/octet-stream', true],
    ['multipart/form-data; boundary=x', true],
    ['', true],
  ])('a body of type "%s" is base64: %s', async (contentType, isBase64Encoded) => {
    const body = new TextEncoder().encode('grant_type=ä')
    const event = await eventOf('/items', {
      method: 'POST',
      headers: contentType ? { 'content-type': contentType } : {},
      body,
    })
    const expected = Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8')
    expect(event).toMatchObject({ isBase64Encoded, body: expected })
  })
})

describe('the context', () => {
  test('names the function and counts down to its deadline', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const url = await gateway(
      async (_event, context) => {
        const remaining = [0, 1000, 5000].map((later) => {
          vi.setSystemTime(Date.now() + later)
          return context.getRemainingTimeInMillis()
        })
        const { functionName, awsRequestId, invokedFunctionArn } = context
        return { name: functionName, requestId: awsRequestId, arn: invokedFunctionArn, remaining }
      },
      { timeoutSeconds: 3 },
    )
    expect(await (await fetch(url)).json()).toMatchObject({
      name: 'api',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:api',
      remaining: [3000, 2000, 0],
    })
  })
})

describe('the answer', () => {
  const answerTo = async (result: unknown) => fetch(await gateway(async () => result))

  test('is the structured result, with one Set-Cookie for each cookie', async () => {
    const response = await answerTo({
      statusCode: 201,
      headers: { 'Content-Type': 'text/css', 'X-Number': 7 },
      cookies: ['a=1; Path=/', 'b=2'],
      body: 'text',
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('text/css')
    expect(response.headers.get('x-number')).toBe('7')
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
    expect(await response.text()).toBe('text')
  })

  test('decodes a body that is base64', async () => {
    const response = await answerTo({ statusCode: 200, body: 'AAH/', isBase64Encoded: true })
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 255])
  })

  test.each([
    [{ hello: 1 }, '{"hello":1}'],
    ['plain', 'plain'],
    [undefined, 'null'],
  ])('without a status code is 200 with %j as JSON', async (result, body) => {
    const response = await answerTo(result)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe(body)
  })

  test.each([
    ['a status that is none', { statusCode: 'ok' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are none', { statusCode: 200, headers: 'x' }],
    ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
  ])('is an internal error for %s', async (_, result) => {
    const response = await answerTo(result)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"message":"Internal Server Error"}')
  })

  test('to a function that throws is an internal error that tells nothing of it', async () => {
    const url = await gateway(async () => {
      throw new Error('the secret')
    })
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"message":"Internal Server Error"}')
  })

  test('to a function that takes too long is an internal error', async () => {
    const url = await gateway(() => Promise.withResolvers().promise, { timeoutSeconds: 0.05 })
    expect((await fetch(url)).status).toBe(500)
  })

  test.each([
    ['with a length', () => Buffer.alloc(10 * 1024 * 1024 + 1)],
    ['in chunks', () => new Blob([new Uint8Array(10 * 1024 * 1024 + 1)]).stream()],
  ])('to a body above 10 MB %s is 413, and no function sees it', async (_, body) => {
    const url = await gateway(async () => expect.unreachable('the function was called'))
    const init: RequestInit = { method: 'POST', body: body(), duplex: 'half' }
    const response = await fetch(url, init)
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ message: 'Request Entity Too Large' })
  })

  test('to a path that no route serves is 404', async () => {
    const runtime = createLambdaRuntime({ handlers: {} })
    const server = await listenLocally(
      0,
      createGateway({ runtime, routes: { api: ['GET /a'] }, publicUrl: 'http://localhost' }),
    )
    onTestFinished(() => server.close())
    const response = await fetch(`http://127.0.0.1:${server.port}/b`)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ message: 'Not Found' })
  })
})

test('a local page comes before the routes', async () => {
  const url = await gateway(async () => 'function', {
    pages: ({ method, path, form }) =>
      `${method} ${path}` === 'POST /page'
        ? Promise.resolve({
            status: 200,
            headers: {},
            cookies: [],
            body: Buffer.from(`page ${form.get('a')}`),
          })
        : undefined,
  })
  const page = await fetch(`${url}/page`, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
  expect(await page.text()).toBe('page 1')
  expect(await (await fetch(`${url}/page`)).text()).toBe('function')
})

test('what is logged of a request has no query, which may hold a code or a token', async () => {
  const lines: string[] = []
  const url = await gateway(async () => 'ok', { log: (line) => lines.push(line) })
  await fetch(`${url}/connector/callback?code=secret`)
  expect(lines).toEqual([expect.stringMatching(/^GET \/connector\/callback 200 \d+ ms$/)])
})
