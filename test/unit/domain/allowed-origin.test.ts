import { describe, expect, test } from 'vitest'
import {
  MOST_ALLOWED_ORIGINS,
  originOf,
  parseOrigin,
  parseOrigins,
} from '../../../functions/domain/allowed-origin.ts'

const origins = (count: number) =>
  Array.from({ length: count }, (_, index) => `https://app${index}.example`)

describe('an allowed origin', () => {
  test.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['https://app.example.com:8443', 'https://app.example.com:8443'],
    ['https://app.example.com/', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['HTTPS://App.Example.COM', 'https://app.example.com'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['  https://app.example.com\n', 'https://app.example.com'],
    ['https://localhost:3000', 'https://localhost:3000'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://LOCALHOST:3000/', 'http://localhost:3000'],
  ])('written %j is %s', (written, origin) => {
    expect(parseOrigin(written)).toBe(origin)
    expect(originOf(written)).toBe(origin)
  })

  test.each([
    '',
    '*',
    'null',
    'app.example.com',
    'http://app.example.com',
    'http://localhost',
    'http://localhost:80',
    'http://localhost.evil.example:3000',
    'http://127.0.0.1:3000',
    'https://',
    'https:app.example.com',
    'https:///app.example.com',
    'https:\\\\app.example.com',
    'https://*.example.com',
    'https://app.example.com/done',
    'https://app.example.com//',
    'https://app.example.com?a=1',
    'https://app.example.com#done',
    'https://app.example.com:port',
    'https://app.example.com:99999',
    'https://user@app.example.com',
    'https://app.example.com https://other.example.com',
    'https://app.exam\tple.com',
    'https://a;b.example.com',
    "https://a'b.example.com",
    'ftp://app.example.com',
    'javascript:alert(1)',
    `https://${'a'.repeat(300)}.example`,
  ])('is not %j, and the error says what to write', (written) => {
    expect(originOf(written)).toBeUndefined()
    expect(() => parseOrigin(written)).toThrow(
      expect.objectContaining({
        code: 'request_invalid',
        message: expect.stringMatching(/ is not an origin: write "https:\/\/", the host and/),
      }),
    )
  })

  test('that is none is named in the error, though not at any length', () => {
    expect(() => parseOrigin('app.example')).toThrow(/^"app\.example" is not an origin/)
    expect(() => parseOrigin('x'.repeat(500))).toThrow(/^"x{100}" is not an origin/)
  })
})

describe('a list of allowed origins', () => {
  test('keeps the order, and each once', () => {
    const written = ['https://b.example', 'https://a.example/', 'https://B.example']
    expect(parseOrigins(written)).toEqual(['https://b.example', 'https://a.example'])
  })

  test('may be empty', () => {
    expect(parseOrigins([])).toEqual([])
  })

  test('is refused as a whole for one that is none', () => {
    expect(() => parseOrigins(['https://a.example', 'b.example'])).toThrow(/^"b\.example" is not/)
  })

  test('has an end', () => {
    const most = origins(MOST_ALLOWED_ORIGINS)
    expect(parseOrigins(most)).toEqual(most)
    expect(() => parseOrigins(origins(MOST_ALLOWED_ORIGINS + 1))).toThrow(
      expect.objectContaining({
        code: 'request_invalid',
        message: expect.stringContaining('these are 51 origins: write at most 50'),
      }),
    )
  })
})
