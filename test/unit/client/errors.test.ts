import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  ClientRejected,
  DynamicsConnectError,
  ImportRefused,
  NotConnected,
  NotFound,
  ReauthorizationRequired,
  RequestRefused,
  Unavailable,
  UnexpectedAnswer,
} from '../../../functions/client/errors.ts'
import { dynamicsConnect } from '../../../functions/client/main.ts'
import { ServiceError, type ServiceErrorCode } from '../../../functions/domain/service-error.ts'
import { errorResponse, STATUS_OF } from '../../../functions/http/error-response.ts'
import { aReason, OTHER_RESOURCE } from '../../support/builders.ts'
import { clientScene, SECRET, thrownBy, URL_OF_SERVICE } from './support.ts'

const ACME = { accountId: 'acme' }

/** What the service itself answers an error with. */
function refusalOf(code: ServiceErrorCode): Response {
  const error = new ServiceError(`the words of ${code}`, {
    code,
    ...(code === 'reauthorization_required' ? { reason: aReason() } : {}),
  })
  const { statusCode, headers, body } = errorResponse(error, 'request-1')
  return new Response(body ?? '', {
    status: statusCode ?? 0,
    headers: Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  })
}

function classOf(code: string) {
  const byCode = new Map<string, unknown>([
    ['reauthorization_required', ReauthorizationRequired],
    ['not_connected', NotConnected],
    ['bearer_token_missing', ClientRejected],
    ['bearer_token_invalid', ClientRejected],
    ['api_client_rejected', ClientRejected],
    ['import_refused', ImportRefused],
    ['not_found', NotFound],
    ['completion_unknown', NotFound],
  ])
  const status = new Map<string, number>(Object.entries(STATUS_OF)).get(code) ?? 0
  return byCode.get(code) ?? (status >= 500 ? Unavailable : RequestRefused)
}

describe('every error of the service', () => {
  const codes = Object.entries(STATUS_OF).filter(([, status]) => status !== 500)

  test.each(codes)('%s is told by its class, code and words', async (code, status) => {
    const { client, next } = clientScene()
    // As often as it may be repeated.
    for (let times = 0; times < 3; times += 1) next(() => refusalOf(code as ServiceErrorCode))
    const error = await thrownBy(client.connections.get(7, ACME))
    expect(error).toBeInstanceOf(classOf(code))
    expect(error).toMatchObject({ code, status, requestId: 'request-1' })
    expect(String(error)).toContain(`The words of ${code}.`)
  })

  test('says who has to act, how, and what Microsoft called it', async () => {
    const { client, next } = clientScene()
    next(() => refusalOf('reauthorization_required'))
    const { code, who, at } = aReason()
    expect(await thrownBy(client.token(7, ACME))).toMatchObject({
      name: 'ReauthorizationRequired',
      reason: { code, who, at, message: expect.stringMatching(/\w+\. \w+/) },
    })
  })

  test('against an import says who has to act, and never what was imported', async () => {
    const { client, next, answer } = clientScene()
    const { code, who, at } = aReason()
    const Reason = { Code: code, Who: who, Message: 'Sign in. Once.', At: at.toISOString() }
    next(() => answer({ Code: 'import_refused', Message: 'Not taken.', Reason }, 409))
    const work = client.connections.importTokens(7, { refreshToken: 'the-refresh-token' }, ACME)
    const error = await thrownBy(work)
    expect(error).toBeInstanceOf(ImportRefused)
    expect(error).toMatchObject({ code: 'import_refused', status: 409, reason: { code, who, at } })
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('the-refresh-token')
  })

  test('is told although its reason is of a newer version', async () => {
    const { client, next, answer } = clientScene()
    const Reason = { Code: 'AADSTS1', Who: 'somebody_new', Message: 'Do.', At: 'now' }
    const body = { Code: 'reauthorization_required', Message: 'Sign in again.', Reason }
    next(() => answer(body, 409))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toMatchObject({ name: 'ReauthorizationRequired', reason: undefined })
    expect(String(error)).toContain('Sign in again.')
  })

  test('that is a failure of its own says when to try again', async () => {
    const { client, next, answer } = clientScene()
    const body = { Code: 'internal_error', Message: 'The service failed.', RequestId: 'r' }
    for (let times = 0; times < 3; times += 1) next(() => answer(body, 500))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toMatchObject({
      name: 'Unavailable',
      code: 'internal_error',
      retryAfterSeconds: 5,
    })
  })

  test('says what to do about a wrong id or secret', async () => {
    const { client, nextBearer, next } = clientScene()
    nextBearer(() => refusalOf('api_client_rejected'))
    next(() => expect.unreachable('called without a bearer token'))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toBeInstanceOf(ClientRejected)
    expect(String(error)).toContain('Check clientId and clientSecret')
  })
})

describe('whoever answers in place of the service', () => {
  const html = (status: number, headers: Readonly<Record<string, string>> = {}) =>
    new Response('<html>Sign in to the network</html>', {
      status,
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    })

  test.each([200, 403, 404])('with a page and status %i is not taken for it', async (status) => {
    const { client, nextBearer } = clientScene()
    nextBearer(() => html(status))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toBeInstanceOf(UnexpectedAnswer)
    expect(error).toMatchObject({ code: 'unexpected_answer', status })
    expect(String(error)).toBe(
      `UnexpectedAnswer: ${URL_OF_SERVICE} did not answer as the service does (status ${status}, text/html). Check url, and whether a proxy stands between.`,
    )
  })

  test('with a page and status 502 is a service that is down', async () => {
    const { client, next } = clientScene()
    for (let times = 0; times < 3; times += 1) next(() => html(502))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toMatchObject({ name: 'Unavailable', status: 502, retryAfterSeconds: 5 })
  })

  test('with a redirect is not followed, and where it leads is told without its query', async () => {
    const { client, sent, nextBearer } = clientScene()
    nextBearer(() => html(301, { location: 'https://www.example.com/oauth?secret=1' }))
    const error = await thrownBy(client.token(7, ACME))
    expect(String(error)).toBe(
      `UnexpectedAnswer: ${URL_OF_SERVICE} redirects to https://www.example.com. Set url to where the service itself answers.`,
    )
    expect(sent).toMatchObject([{ request: { redirect: 'manual' } }])
  })

  test('with JSON of another kind is not taken for it', async () => {
    const { client, next, answer } = clientScene()
    next(() => answer({ message: 'Forbidden' }, 403, { 'apigw-requestid': 'gateway-1' }))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toMatchObject({ name: 'UnexpectedAnswer', status: 403, requestId: 'gateway-1' })
  })

  test.each([
    { AccessToken: 'the-token', Resource: 'https://x' },
    { AccessToken: 'the-token', Resource: 'https://x', ExpiresAtUtc: 'soon' },
    { AccessToken: ['the-token'], Resource: 'https://x', ExpiresAtUtc: '2096-03-01T13:00:00Z' },
    ['the-token'],
    'the-token',
    null,
  ])('with %j in place of a token is told what is missing, without the token', async (body) => {
    const { client, next, answer } = clientScene()
    next(() => answer(body))
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toBeInstanceOf(UnexpectedAnswer)
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('the-token')
  })
})

describe('a service that is not there', () => {
  test('is told with the cause and what to look at, and the request is not in the error', async () => {
    const { client, nextBearer } = clientScene()
    for (let times = 0; times < 3; times += 1) {
      nextBearer(({ request }) => {
        const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', request })
        return Promise.reject(Object.assign(new TypeError('fetch failed', { cause }), { request }))
      })
    }
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toBeInstanceOf(Unavailable)
    expect(error).toMatchObject({ code: 'no_answer', status: undefined, retryAfterSeconds: 5 })
    expect(String(error)).toBe(
      `Unavailable: No answer from ${URL_OF_SERVICE} (ECONNREFUSED). Check url, the network and that the service is up.`,
    )
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(SECRET)
  })

  test.each([
    ['CERT_HAS_EXPIRED', "this machine's clock"],
    ['CERT_NOT_YET_VALID', "this machine's clock"],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'not trusted here'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'authorities that it trusts'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'check url'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak https'],
    ['ENOTFOUND', 'There is no such host'],
  ])('by %s says %s', async (code, words) => {
    const { client, nextBearer } = clientScene()
    for (let times = 0; times < 3; times += 1) {
      const cause = Object.assign(new Error('tls'), { code })
      nextBearer(() => Promise.reject(new TypeError('fetch failed', { cause })))
    }
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toBeInstanceOf(Unavailable)
    expect(String(error)).toContain(`(${code}). `)
    expect(String(error)).toContain(words)
  })

  test('in the middle of a change leaves it open whether it was done', async () => {
    const { client, calls, next } = clientScene()
    next(() => Promise.reject(new TypeError('terminated')))
    const error = await thrownBy(client.connections.create(ACME))
    expect(String(error)).toContain('(the connection failed)')
    expect(String(error)).toContain('It may have been done all the same')
    expect(calls()).toHaveLength(1)
  })

  test('in time is not asked again, for the caller has waited long enough', async () => {
    const { client, calls, next } = clientScene()
    next(({ request }) => {
      expect(request.signal.aborted).toBe(false)
      return Promise.reject(new DOMException('late', 'TimeoutError'))
    })
    const error = await thrownBy(client.token(7, ACME))
    expect(error).toMatchObject({ name: 'Unavailable', code: 'timed_out' })
    expect(String(error)).toContain('(it took too long)')
    expect(calls()).toHaveLength(1)
  })
})

describe('what is wrong before anything is sent', () => {
  const good = { url: URL_OF_SERVICE, clientId: 'acme-backend', clientSecret: SECRET }

  test.each([
    'connect.example.com',
    '',
    'http://connect.example.com',
    'https://connect.example.com/console',
    'https://connect.example.com/?a=b',
    'https://ada:word@connect.example.com',
    'ftp://connect.example.com',
  ])('url %j is refused with what to write', (url) => {
    expect(() => dynamicsConnect({ ...good, url })).toThrow(
      /^Set url to the address of the service, such as https:\/\/connect\.example\.com/,
    )
  })

  test.each([
    'https://connect.example.com',
    'https://connect.example.com/',
    'http://localhost:3000',
  ])('url %j is good', (url) => {
    expect(dynamicsConnect({ ...good, url })).toMatchObject({ connections: {} })
  })

  test.each(['clientId', 'clientSecret'] as const)('%s has to be there', (name) => {
    const absent: unknown = { ...good, [name]: undefined }
    const options = absent as typeof good
    expect(() => dynamicsConnect(options)).toThrow(new RegExp(`^Set ${name}: `))
    expect(() => dynamicsConnect({ ...good, [name]: '' })).toThrow(RequestRefused)
  })

  test.each(['x', '0', '-1', 1.5, '../7', '7?a', Number.NaN])(
    'connection %j is none',
    async (id) => {
      const { client, calls } = clientScene()
      const error = await thrownBy(client.token(id, ACME))
      expect(error).toMatchObject({ name: 'RequestRefused', code: 'request_invalid' })
      expect(calls()).toHaveLength(0)
    },
  )

  test.each(['', ' acme', 'acme\n', 'ä', 'a'.repeat(129)])(
    'account %j is none',
    async (accountId) => {
      const { client, calls } = clientScene()
      expect(await thrownBy(client.token(7, { accountId }))).toMatchObject({
        name: 'RequestRefused',
        code: 'request_invalid',
      })
      expect(calls()).toHaveLength(0)
    },
  )
})

test('neither the client nor its errors show a secret or a token to whoever prints them', async () => {
  const { client, next, answer, token } = clientScene({ accountId: 'acme' })
  next(() => token(3600, 'the-access-token'))
  await client.token(7)
  next(() => answer({ Code: 'resource_invalid', Message: 'Resource is wrong.' }, 400))
  const error = await thrownBy(client.connections.setResource(7, { resource: OTHER_RESOURCE }))
  expect(error).toBeInstanceOf(DynamicsConnectError)
  const credential = client.credential(7)
  const shown = inspect([client, error, credential], { depth: null, showHidden: true })
  for (const hidden of [SECRET, 'bearer-1', 'the-access-token']) expect(shown).not.toContain(hidden)
})
