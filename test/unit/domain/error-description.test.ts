import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aadstsCodeOf, correlationIdOf } from '../../../functions/domain/error-description.ts'

describe('the number in a description', () => {
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
})

describe('the correlation id in a description', () => {
  const ID = '0f0f0f0f-1111-4222-8333-44444444444a'
  const TRACE = '1c1c1c1c-1111-4222-8333-444444444444'

  test.each([
    [
      'over several lines',
      `AADSTS65001: The user has not consented.\r\nTrace ID: ${TRACE}\r\nCorrelation ID: ${ID}\r\nTimestamp: 2026-03-01 12:00:00Z`,
    ],
    [
      'in one line',
      `AADSTS50105: Not assigned. Trace ID: ${TRACE} Correlation ID: ${ID} Timestamp: 2026-03-01 12:00:00Z`,
    ],
    ['at its end', `AADSTS50105: Not assigned. Correlation ID: ${ID}`],
    ['in capitals', `AADSTS50105: x. CORRELATION ID: ${ID.toUpperCase()}.`],
    ['alone', `Correlation ID: ${ID}`],
    ['twice', `Correlation ID: ${ID} Correlation ID: ${TRACE}`],
    ['after an endless text', `${'x'.repeat(1900)} Correlation ID: ${ID}`],
  ])('is read %s', (_, description) => {
    expect(correlationIdOf(description)).toBe(ID)
  })

  test.each([
    undefined,
    '',
    'access_denied',
    ID,
    `Trace ID: ${TRACE}`,
    'Correlation ID: ',
    'Correlation ID: canary',
    'Correlation ID: <script>canary</script>',
    `Correlation ID: <b>${ID}</b>`,
    `Correlation ID: "${ID}"`,
    `Correlation ID: ${ID}0`,
    `Correlation ID: ${ID}-0`,
    `Correlation ID: ${ID.slice(1)}`,
    `Correlation ID: ${ID.replaceAll('-', '')}`,
    `Correlation ID: ${ID.replace('0', 'g')}`,
    `Correlation ID: {${ID}}`,
    `CorrelationID: ${ID}`,
    `${'x'.repeat(2000)} Correlation ID: ${ID}`,
    `${'x'.repeat(1970)} Correlation ID: ${ID}`,
  ])('is none in %j', (description) => {
    expect(correlationIdOf(description)).toBeUndefined()
  })

  test('whatever the text, is a GUID or nothing, and reading it never throws', () => {
    const part = fc.constantFrom('Correlation ID: ', ID, TRACE, '<', '"', '-', '0', ' ', '\r\n')
    const text = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 12 })
    fc.assert(
      fc.property(
        text.map((parts) => parts.join('')),
        (description) => {
          expect(correlationIdOf(description) ?? ID).toMatch(
            /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
          )
        },
      ),
    )
  })
})
