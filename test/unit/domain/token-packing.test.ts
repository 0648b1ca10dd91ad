import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packToken, unpackToken } from '../../../functions/domain/token-packing.ts'

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a packed token', () => {
  test('is the same again, whatever it was', () => {
    const parts = fc.oneof(
      fc.base64String(),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    )
    const tokens = fc.array(parts, { minLength: 1, maxLength: 6 }).map((all) => all.join('.'))
    fc.assert(
      fc.property(tokens, (token) => unpackToken(packToken(token)) === token),
      { numRuns: 500 },
    )
    expect(unpackToken(packToken('a..b'))).toBe('a..b')
  })

  test.each(['1', '1.AXoA', 'no base64: é', 'AB==', '...'])('keeps %j to the letter', (token) => {
    expect(unpackToken(packToken(token))).toBe(token)
  })

  test('of a JSON Web Token is a third smaller at least', () => {
    const claims = {
      aud: 'https://contoso.crm4.dynamics.com',
      scp: 'user_impersonation',
      ver: '1.0',
    }
    const header = { typ: 'JWT', alg: 'RS256', kid: 'the-key' }
    const signature = Buffer.alloc(64, 7).toString('base64url')
    const token = [base64url(header), base64url(claims), signature].join('.')
    expect(packToken(token).length).toBeLessThan((token.length * 2) / 3)
  })

  test('that was never packed is refused', () => {
    expect(() => unpackToken(Buffer.from('not deflated'))).toThrow()
    expect(() => unpackToken(new Uint8Array())).toThrow()
  })
})
