import { describe, expect, test } from 'vitest'
import { entraFailureOf } from '../../../functions/adapters/entra-failure.ts'
import { at, DAY, SECOND, T0 } from '../../fakes/hand-clock.ts'
import { aRefusal } from '../../support/builders.ts'

const TRACE = 'ad3d7f3a-3a3f-4d3c-9f0e-0a1b2c3d4e5f'
const OUTAGE = "<html><body>Our services aren't available right now</body></html>"

const description = (code: number) =>
  `AADSTS${code}: canary words of Microsoft's. Trace ID: ${TRACE} Correlation ID: ${TRACE}`

interface Refused {
  readonly status?: number
  readonly body?: unknown
  readonly retryAfter?: string
}

function failure({ status = 400, body = '', retryAfter }: Refused) {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return entraFailureOf(new Response(status === 304 ? null : text, { status, headers }), T0)
}

describe('a refusal', () => {
  test('is read with all that is safe to keep of it', async () => {
    const body = {
      error: 'invalid_grant',
      error_description: description(50173),
      error_codes: [50173],
      suberror: 'bad_token',
      claims: '{"access_token":{"capolids":{"essential":true}}}',
      correlation_id: TRACE,
      trace_id: TRACE,
    }
    expect(await failure({ body })).toEqual({
      outcome: 'refused',
      refusal: aRefusal({
        suberror: 'bad_token',
        code: 50173,
        claims: '{"access_token":{"capolids":{"essential":true}}}',
        correlationId: TRACE,
        traceId: TRACE,
      }),
    })
  })

  test('keeps nothing of the description but its number', async () => {
    const body = { error: 'invalid_grant', error_description: description(700082) }
    expect(JSON.stringify(await failure({ body }))).not.toContain('canary')
  })

  test.each([
    [400, 'invalid_grant'],
    [400, 'unauthorized_client'],
    [400, 'invalid_resource'],
    [401, 'invalid_client'],
    [403, 'access_denied'],
    [400, 'temporarily_unavailable'],
  ])('of status %i keeps the error %s', async (status, error) => {
    expect(await failure({ status, body: { error } })).toEqual({
      outcome: 'refused',
      refusal: aRefusal({ status, error }),
    })
  })

  test.each([
    ['suberror', '<script>alert(1)</script>'],
    ['suberror', 'x'.repeat(65)],
    ['suberror', 7],
    ['correlation_id', 'not an identifier'],
    ['trace_id', 'a'.repeat(65)],
    ['trace_id', { a: 1 }],
    ['error_description', 'no number in it'],
    ['error_description', `${'-'.repeat(300)} AADSTS50173: far behind`],
    ['error_description', ['AADSTS50173']],
    ['claims', { access_token: {} }],
  ])('whose %s is %j goes without it', async (name, value) => {
    expect(await failure({ body: { error: 'invalid_grant', [name]: value } })).toEqual({
      outcome: 'refused',
      refusal: aRefusal(),
    })
  })
})

describe('an answer that says nothing about the grant', () => {
  test.each([408, 429, 500, 502, 503, 504, 599])(
    'is one of status %i, even when it reads as a refusal',
    async (status) => {
      const body = { error: 'invalid_grant', error_description: description(50173) }
      expect(await failure({ status, body })).toEqual({
        outcome: 'unavailable',
        status,
        retryAfter: undefined,
      })
    },
  )

  test.each([
    [500, OUTAGE],
    [503, ''],
    [429, '{"error":'],
    [302, OUTAGE],
    [304, ''],
    [201, '{"access_token":"canary"}'],
  ])('is one of status %i with the body %j', async (status, body) => {
    expect(await failure({ status, body })).toEqual({
      outcome: 'unavailable',
      status,
      retryAfter: undefined,
    })
  })
})

describe('an answer of a client error that is no refusal', () => {
  test.each([
    ['HTML', OUTAGE],
    ['empty', ''],
    ['cut off', '{"error":"invalid_gr'],
    ['a list', ['invalid_grant']],
    ['null', 'null'],
    ['a text', '"invalid_grant"'],
    ['without error', { error_description: description(50173) }],
    ['an empty error', { error: '' }],
    ['an error that is a number', { error: 50173 }],
    ['an error that is no name', { error: 'canary invalid grant\r\nx: y' }],
    ['an error that is too long', { error: 'a'.repeat(65) }],
  ])('is malformed: %s', async (_, body) => {
    expect(await failure({ body })).toEqual({
      outcome: 'malformed',
      what: 'status 400 without an OAuth error',
    })
  })

  test.each([400, 401, 403, 404, 405, 413])('is malformed with status %i', async (status) => {
    expect(await failure({ status, body: OUTAGE })).toMatchObject({ outcome: 'malformed' })
  })
})

describe('Retry-After', () => {
  test.each([
    ['0', at(0)],
    ['1', at(SECOND)],
    ['120', at(120 * SECOND)],
    [' 120 ', at(120 * SECOND)],
    ['86400', at(DAY)],
    ['999999999', at(999_999_999 * SECOND)],
    [at(120 * SECOND).toUTCString(), at(120 * SECOND)],
    [at(-DAY).toUTCString(), at(-DAY)],
  ])('of %j is a time', async (retryAfter, expected) => {
    expect(await failure({ status: 429, retryAfter })).toMatchObject({ retryAfter: expected })
  })

  test('of more digits than a date can hold, or sent more than once, is the longest wait', async () => {
    const years = await failure({ status: 429, retryAfter: '99999999999999999999' })
    expect(years).toMatchObject({ retryAfter: new Date(at(0).getTime() + 1e12) })
    const twice = await failure({ status: 429, retryAfter: '5, 900' })
    expect(twice).toMatchObject({ retryAfter: at(900 * 1000) })
  })

  test('of a redirect is read, and its error is not: it is no answer of the token endpoint', async () => {
    const body = { error: 'invalid_grant' }
    expect(await failure({ status: 302, body })).toMatchObject({
      outcome: 'unavailable',
      status: 302,
    })
  })

  test.each(['', 'soon', '1e3', '12 seconds', '-5', '1.5'])(
    'of %j is no time',
    async (retryAfter) => {
      expect(await failure({ status: 429, retryAfter })).toHaveProperty('retryAfter', undefined)
    },
  )

  test('of a refusal is kept with it', async () => {
    const body = { error: 'invalid_grant', error_description: description(50196) }
    expect(await failure({ body, retryAfter: '60' })).toMatchObject({
      refusal: { code: 50196, retryAfter: at(60 * SECOND) },
    })
  })
})
