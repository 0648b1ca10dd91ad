import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import {
  cookieOf,
  formBodyOf,
  jsonBodyOf,
  pathVariable,
  queryOf,
} from '../../../functions/http/request.ts'
import { type EventParts, httpEvent } from '../support/http-event.ts'

const LIMIT = 64 * 1024

const refusedAs = (code: string) => expect.objectContaining({ name: 'ServiceError', code })

const json = (body: unknown, headers: EventParts['headers'] = {}) => httpEvent({ body, headers })

describe('the query', () => {
  test('is read decoded, each parameter by its name', () => {
    const request = httpEvent({ query: 'a=1&b=%20x%2By&c=&d' })
    expect(Object.fromEntries(queryOf(request))).toEqual({ a: '1', b: ' x+y', c: '', d: '' })
  })

  test('is empty when there is none', () => {
    expect(queryOf(httpEvent()).size).toBe(0)
  })

  test.each(['id=1&id=2', 'id=1&id=1', 'state=a&code=b&state=', 'a=1&%61=2'])(
    'with a repeated parameter is refused: %s',
    (query) => {
      expect(() => queryOf(httpEvent({ query }))).toThrow(refusedAs('request_invalid'))
    },
  )

  test('is never quoted by its refusal', () => {
    const refused = () => queryOf(httpEvent({ query: 'canary=canary&canary=canary' }))
    expect(refused).not.toThrow('canary')
    expect(refused).toThrow('send each query parameter once')
  })
})

describe('a JSON body', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
    ' application/json ; charset=utf-8',
  ])('is read when its content type is %j', (type) => {
    expect(jsonBodyOf(json({ Name: 'é€' }, { 'content-type': type }))).toEqual({ Name: 'é€' })
  })

  test('is read when it comes in base64', () => {
    const body = Buffer.from('{"Name":"é€"}').toString('base64')
    expect(jsonBodyOf({ ...json(body), isBase64Encoded: true })).toEqual({ Name: 'é€' })
  })

  test('is not taken for base64 when it does not say so', () => {
    const body = Buffer.from('{"Name":"x"}').toString('base64')
    expect(() => jsonBodyOf(json(body))).toThrow(refusedAs('request_invalid'))
  })

  test.each(['', '   ', '\r\n'])('that is empty (%j) is an empty object, of any type', (body) => {
    expect(jsonBodyOf(json(body, { 'content-type': 'text/plain' }))).toEqual({})
  })

  test('may be missing', () => {
    expect(jsonBodyOf(httpEvent())).toEqual({})
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/problem+json',
    'multipart/form-data; boundary=application/json',
    '',
  ])('is refused when its content type is %j', (type) => {
    const request = json({ Name: 'x' }, { 'content-type': type })
    expect(() => jsonBodyOf(request)).toThrow(refusedAs('content_type_unsupported'))
  })

  test('is refused without a content type', () => {
    const { 'content-type': _, ...headers } = json({}).headers
    const request = { ...json({ Name: 'x' }), headers }
    expect(() => jsonBodyOf(request)).toThrow(refusedAs('content_type_unsupported'))
  })

  test.each(['{', '{"Name":}', "{'Name':'x'}", 'Name=x', '{"a":1}{"b":2}', '\u0000'])(
    'is refused when it is not JSON: %j',
    (body) => {
      expect(() => jsonBodyOf(json(body))).toThrow(refusedAs('request_invalid'))
    },
  )

  test.each(['[]', '[{"Name":"x"}]', 'null', 'true', '42', '"text"'])(
    'is refused when it is no object: %s',
    (body) => {
      expect(() => jsonBodyOf(json(body))).toThrow('send a JSON object as the body')
    },
  )

  test('may be as long as is allowed and not a byte longer', () => {
    const ofLength = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`
    expect(jsonBodyOf(json(ofLength(LIMIT)))).toHaveProperty('a')
    expect(() => jsonBodyOf(json(ofLength(LIMIT + 1)))).toThrow(refusedAs('request_too_large'))
  })

  test('is measured in bytes, after base64 is undone', () => {
    const wide = JSON.stringify({ a: '€'.repeat(LIMIT / 3 + 1) })
    expect(() => jsonBodyOf(json(wide))).toThrow(refusedAs('request_too_large'))
    const content = `{"a":"${'x'.repeat(LIMIT - 8)}"}`
    const encoded = json(Buffer.from(content).toString('base64'))
    expect(jsonBodyOf({ ...encoded, isBase64Encoded: true })).toHaveProperty('a')
  })

  test('gives no object a prototype of its own', () => {
    const body = jsonBodyOf(json('{"__proto__":{"polluted":true},"constructor":1}'))
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
    expect(body).not.toHaveProperty('polluted')
    expect({}).not.toHaveProperty('polluted')
  })

  test('is read or refused, whatever it is, and never quoted', () => {
    const secret = fc.string({ minLength: 4 }).map((text) => `canary${text}`)
    const isReadOrRefused = (body: string, isBase64Encoded: boolean) => {
      try {
        return typeof jsonBodyOf({ ...json(body), isBase64Encoded }) === 'object'
      } catch (error) {
        return error instanceof ServiceError && !error.message.includes('canary')
      }
    }
    const bodies = fc.oneof(fc.string(), fc.json(), secret)
    expect(fc.check(fc.property(bodies, fc.boolean(), isReadOrRefused)).failed).toBe(false)
  })
})

describe('a form', () => {
  test('is read decoded, in base64 as API Gateway sends it', () => {
    const form = { grant_type: 'client_credentials', client_secret: 'a+b&c%d=e~f"g h' }
    expect(Object.fromEntries(formBodyOf(httpEvent({ form })))).toEqual(form)
  })

  test('is refused when a field is repeated', () => {
    const request = httpEvent({ form: 'client_id=a&client_id=b' })
    expect(() => formBodyOf(request)).toThrow('send each form field once')
  })

  test('is refused when it comes as JSON', () => {
    const request = json({ grant_type: 'client_credentials' })
    expect(() => formBodyOf(request)).toThrow(refusedAs('content_type_unsupported'))
  })

  test('is refused when it is too long', () => {
    const request = httpEvent({ form: { client_id: 'x'.repeat(LIMIT) } })
    expect(() => formBodyOf(request)).toThrow(refusedAs('request_too_large'))
  })
})

describe('a cookie', () => {
  test.each<[where: string, parts: EventParts]>([
    ['where API Gateway puts cookies', { cookies: ['other=x', 'mine=the value'] }],
    [
      'in the header, where emulators leave them',
      { headers: { cookie: 'other=x; mine=the value' } },
    ],
    ['without a space before it', { headers: { cookie: 'other=x;mine=the value' } }],
    ['with spaces around it', { cookies: ['  mine=the value '] }],
  ])('is found %s', (_, parts) => {
    expect(cookieOf(httpEvent(parts), 'mine')).toBe('the value')
  })

  test('keeps the equals signs of its value', () => {
    expect(cookieOf(httpEvent({ cookies: ['mine=a=b=='] }), 'mine')).toBe('a=b==')
  })

  test.each([['notmine=x'], ['mine2=x'], ['x=mine=y'], ['MINE=x'], ['mine'], []])(
    'of another name is another one: %s',
    (...cookies) => {
      expect(cookieOf(httpEvent({ cookies }), 'mine')).toBeUndefined()
    },
  )

  test('is not found where there are none', () => {
    expect(cookieOf(httpEvent(), 'mine')).toBeUndefined()
  })
})

test('a path variable that is not there is empty', () => {
  expect(pathVariable(httpEvent({ variables: { id: '7' } }), 'id')).toBe('7')
  expect(pathVariable(httpEvent(), 'id')).toBe('')
})
