import { expect, test } from 'vitest'
import { NO_TERMS } from '../../../functions/domain/sign-in-terms.ts'
import { digestOf, SIGN_IN_TOKEN_LIFETIME_MS } from '../../../functions/domain/sign-in-token.ts'
import { at, T0 } from '../../fakes/hand-clock.ts'
import { aNewSignInToken } from '../../support/builders.ts'

test('a sign-in token lives for five minutes, is unspent, and is for one user of one account', () => {
  const { text, token } = aNewSignInToken('account-1', T0)
  expect(token).toEqual({
    digest: digestOf(text),
    accountId: 'account-1',
    username: 'ada',
    expiresAt: at(5 * 60 * 1000),
    isMailed: false,
    terms: NO_TERMS,
    spentBy: undefined,
  })
  expect(SIGN_IN_TOKEN_LIFETIME_MS).toBe(5 * 60 * 1000)
})

test('a sign-in token that lives longer is one for a mail', () => {
  const { token } = aNewSignInToken('account-1', T0, { lifetimeMs: 6 * 60 * 1000 })
  expect(token).toMatchObject({ isMailed: true, expiresAt: at(6 * 60 * 1000) })
})

test('a sign-in token has 256 random bits, and no two are alike', () => {
  const texts = Array.from({ length: 200 }, () => aNewSignInToken('a', T0).text)
  expect(new Set(texts).size).toBe(200)
  for (const text of texts) expect(Buffer.from(text, 'base64url')).toHaveLength(32)
})

test('what is stored does not contain what opens the link', () => {
  const { text, token } = aNewSignInToken('account-1', T0)
  expect(JSON.stringify(token)).not.toContain(text)
})

test('a digest is SHA-256 in base64url, without padding', () => {
  expect(digestOf('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
})
