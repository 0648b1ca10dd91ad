import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aadstsCodeOf } from '../../../functions/domain/error-description.ts'

test.each([
  ['AADSTS70043: The refresh token has expired. Trace ID: 1\r\nTimestamp: 2026-03-01', 70043],
  ['AADSTS50173: The provided grant has expired. Trace ID: 7 Correlation ID: 9', 50173],
  ['AADSTS7000229: The client application is missing', 7000229],
  ['AADSTS90002:', 90002],
  ['invalid_grant: AADSTS50034: no such user', 50034],
  ['AADSTS50020: first. AADSTS50034: second', 50020],
])('of %j it is %i', (description, code) => {
  expect(aadstsCodeOf(description)).toBe(code)
})

test.each([
  undefined,
  '',
  'access_denied',
  'AADSTS',
  'AADSTS123: too short',
  'aadsts50034: in small letters',
  `${'x'.repeat(200)} AADSTS50034: too far from the start`,
])('of %j there is none', (description) => {
  expect(aadstsCodeOf(description)).toBeUndefined()
})

test('whatever the text, it never throws, and is a number of four to eight digits or nothing', () => {
  const text = fc.tuple(fc.string(), fc.constantFrom('AADSTS', ''), fc.string())
  fc.assert(
    fc.property(
      text.map((parts) => parts.join('')),
      (description) => {
        const code = aadstsCodeOf(description)
        expect(code === undefined || (Number.isInteger(code) && code < 1e8)).toBe(true)
      },
    ),
  )
})
