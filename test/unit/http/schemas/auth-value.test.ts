import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../../functions/domain/service-error.ts'
import { ACCOUNT_CONNECTOR_CHANGE } from '../../../../functions/http/schemas/account-connector-request.ts'
import { parsed } from '../../../../functions/http/schemas/parse.ts'

/** As a change of an account connector reads it. */
const refreshTokenOf = (body: object) =>
  parsed(ACCOUNT_CONNECTOR_CHANGE, body).AuthValue?.RefreshToken

const TOKEN = '0.AXoA~canary+/=-_ token'

describe('the refresh token of AuthValue', () => {
  test.each<[what: string, value: unknown]>([
    ['a text that holds JSON', JSON.stringify({ RefreshToken: TOKEN })],
    ['an object', { RefreshToken: TOKEN }],
    [
      'what existing client code sends',
      JSON.stringify({
        AccessToken: 'x',
        RefreshToken: TOKEN,
        Expires: '2026-01-31T12:00:00',
        RefreshExpires: null,
      }),
    ],
  ])('is read from %s', (_, AuthValue) => {
    expect(refreshTokenOf({ AuthValue })).toBe(TOKEN)
  })

  test.each([{}, { AuthValue: null }, { AuthValue: undefined }])('is none in %j', (body) => {
    expect(refreshTokenOf(body)).toBeUndefined()
  })

  test('may be as long as 16 KB take', () => {
    const room = 16 * 1024 - JSON.stringify({ RefreshToken: '' }).length
    const text = (length: number) => JSON.stringify({ RefreshToken: 'x'.repeat(length) })
    expect(refreshTokenOf({ AuthValue: text(room) })).toHaveLength(room)
    const longest = 'x'.repeat(16 * 1024)
    expect(refreshTokenOf({ AuthValue: { RefreshToken: longest } })).toBe(longest)
    for (const AuthValue of [text(room + 1), { RefreshToken: `${longest}x` }]) {
      expect(() => refreshTokenOf({ AuthValue })).toThrow('at most 16384 characters')
    }
  })

  test.each<unknown>([
    '',
    ' ',
    TOKEN,
    `{"RefreshToken":"${TOKEN}"`,
    `"${TOKEN}"`,
    'null',
    '{}',
    '[]',
    7,
    true,
    {},
    [TOKEN],
    [{ RefreshToken: TOKEN }],
    { refreshToken: TOKEN },
    { AccessToken: TOKEN },
    { RefreshToken: '' },
    { RefreshToken: '  ' },
    { RefreshToken: null },
    { RefreshToken: 7 },
    { RefreshToken: [TOKEN] },
    { RefreshToken: `${TOKEN}\n` },
    { RefreshToken: `${TOKEN}ä` },
    JSON.stringify(JSON.stringify({ RefreshToken: TOKEN })),
  ])('is not to be had of %j, which the refusal does not repeat', (AuthValue) => {
    const read = () => refreshTokenOf({ AuthValue })
    expect(read).toThrow(expect.objectContaining({ code: 'request_invalid', cause: undefined }))
    expect(read).toThrow(/^send AuthValue as \{"RefreshToken": "…"\}/)
    expect(read).not.toThrow(/canary/)
  })

  test('is read or refused, whatever comes', () => {
    const isReadOrRefused = (AuthValue: unknown) => {
      try {
        const token = refreshTokenOf({ AuthValue })
        return AuthValue === null ? token === undefined : typeof token === 'string'
      } catch (error) {
        return error instanceof ServiceError && error.code === 'request_invalid'
      }
    }
    const anything = fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue()), isReadOrRefused)
    expect(fc.check(anything).failed).toBe(false)
  })
})
