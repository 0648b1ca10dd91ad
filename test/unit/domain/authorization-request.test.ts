import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  AUTHORIZATION_REQUEST_LIFETIME_MS,
  authorizationRequestIdOf,
  browserBindingOf,
  codeChallengeOf,
  codeVerifierOf,
  newAuthorizationSecrets,
  nonceOf,
} from '../../../functions/domain/authorization-request.ts'

const many = Array.from({ length: 100 }, newAuthorizationSecrets)

describe('the secrets of an attempt', () => {
  test('are 256 bits each, and no two are alike', () => {
    const all = many.flatMap(({ state, browserSecret }) => [state, browserSecret])
    expect(new Set(all).size).toBe(200)
    for (const secret of all) expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  })

  test('need no escaping in a URL or a cookie', () => {
    for (const { state, browserSecret } of many) {
      expect(state + browserSecret).toMatch(/^[A-Za-z0-9_-]{86}$/)
    }
  })

  test('an attempt lasts half an hour', () => {
    expect(AUTHORIZATION_REQUEST_LIFETIME_MS).toBe(30 * 60 * 1000)
  })
})

describe('the code verifier', () => {
  test('has the length and the characters of RFC 7636', () => {
    for (const secrets of many) {
      expect(codeVerifierOf(secrets)).toMatch(/^[A-Za-z0-9\-._~]{43,128}$/)
    }
  })

  test('is the same each time it is derived', () => {
    for (const secrets of many) expect(codeVerifierOf({ ...secrets })).toBe(codeVerifierOf(secrets))
  })

  test('differs for another state and for another browser', () => {
    const [one, other] = [newAuthorizationSecrets(), newAuthorizationSecrets()]
    const verifier = codeVerifierOf(one)
    expect(codeVerifierOf({ ...one, state: other.state })).not.toBe(verifier)
    expect(codeVerifierOf({ ...one, browserSecret: other.browserSecret })).not.toBe(verifier)
  })

  test('does not follow from the state alone, nor from what is stored', () => {
    const secrets = newAuthorizationSecrets()
    const stored = browserBindingOf(secrets.browserSecret)
    const guess = codeVerifierOf({ state: secrets.state, browserSecret: stored })
    expect(guess).not.toBe(codeVerifierOf(secrets))
    expect(codeVerifierOf({ ...secrets, browserSecret: '' })).not.toBe(codeVerifierOf(secrets))
  })
})

describe('the nonce', () => {
  test('is derived like the code verifier, and is another value', () => {
    for (const secrets of many) {
      expect(nonceOf(secrets)).toBe(nonceOf({ ...secrets }))
      expect(nonceOf(secrets)).not.toBe(codeVerifierOf(secrets))
    }
  })

  test('is no code verifier of a state that was made up to look like it', () => {
    const secrets = newAuthorizationSecrets()
    const states = [`nonce\0${secrets.state}`, `code_verifier\0${secrets.state}`, '']
    for (const state of states) {
      expect(codeVerifierOf({ ...secrets, state })).not.toBe(nonceOf(secrets))
    }
  })
})

test('the code challenge is S256, as in the example of RFC 7636', () => {
  const challenge = codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
  expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
})

test('the id and the browser binding are digests, so that the store holds neither secret', () => {
  const { state, browserSecret } = newAuthorizationSecrets()
  const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')
  expect(authorizationRequestIdOf(state)).toBe(sha256(state))
  expect(browserBindingOf(browserSecret)).toBe(sha256(browserSecret))
})
