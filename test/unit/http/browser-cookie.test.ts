import { describe, expect, test } from 'vitest'
import { newAuthorizationSecrets } from '../../../functions/domain/authorization-request.ts'
import { browserCookie } from '../../../functions/http/browser-cookie.ts'
import { httpEvent } from '../support/http-event.ts'

const secure = browserCookie('https://connect.example')
const plain = browserCookie('http://localhost:3000')

/** The cookies as the browser sends them back. */
const sentBack = (...lines: readonly string[]) =>
  httpEvent({ cookies: lines.map((line) => line.split(';')[0] ?? '') })

const partsOf = (line: string) => {
  const [pair = '', ...attributes] = line.split('; ')
  return { name: pair.split('=')[0] ?? '', attributes: attributes.toSorted() }
}

describe('the cookie of a sign-in', () => {
  test('gives back the secret that it was set with', () => {
    const { state, browserSecret } = newAuthorizationSecrets()
    expect(secure.read(sentBack(secure.set(state, browserSecret)), state)).toBe(browserSecret)
    expect(plain.read(sentBack(plain.set(state, browserSecret)), state)).toBe(browserSecret)
  })

  test('is of this host alone, unreadable to scripts, and gone after 15 minutes', () => {
    const { state, browserSecret } = newAuthorizationSecrets()
    const { name, attributes } = partsOf(secure.set(state, browserSecret))
    expect(name).toMatch(/^__Host-dynamics-connect-[\w-]{16}$/)
    expect(attributes).toEqual(['HttpOnly', 'Max-Age=900', 'Path=/', 'SameSite=Lax', 'Secure'])
  })

  test('does without the prefix and Secure over plain HTTP, which a local run uses', () => {
    const { state, browserSecret } = newAuthorizationSecrets()
    const { name, attributes } = partsOf(plain.set(state, browserSecret))
    expect(name).toMatch(/^dynamics-connect-[\w-]{16}$/)
    expect(attributes).toEqual(['HttpOnly', 'Max-Age=900', 'Path=/', 'SameSite=Lax'])
  })

  test('over HTTPS is not to be had from a cookie without the prefix, which others could set', () => {
    const { state, browserSecret } = newAuthorizationSecrets()
    expect(secure.read(sentBack(plain.set(state, browserSecret)), state)).toBeUndefined()
  })

  test('of one tab does not take the place of that of another', () => {
    const [one, two] = [newAuthorizationSecrets(), newAuthorizationSecrets()]
    const both = sentBack(
      secure.set(one.state, one.browserSecret),
      secure.set(two.state, two.browserSecret),
    )
    expect(secure.read(both, one.state)).toBe(one.browserSecret)
    expect(secure.read(both, two.state)).toBe(two.browserSecret)
  })

  test('of one attempt is not read for another', () => {
    const [one, two] = [newAuthorizationSecrets(), newAuthorizationSecrets()]
    const request = sentBack(secure.set(one.state, one.browserSecret))
    expect(secure.read(request, two.state)).toBeUndefined()
  })

  test('does not show the state in its name', () => {
    const { state, browserSecret } = newAuthorizationSecrets()
    const { name } = partsOf(secure.set(state, browserSecret))
    expect(name).not.toContain(state.slice(0, 8))
  })

  test.each([
    '',
    'short',
    'x'.repeat(42),
    'x'.repeat(44),
    `${'x'.repeat(42)}=`,
    `${'x'.repeat(42)}\n`,
  ])('is none when it holds %j', (value) => {
    const { state } = newAuthorizationSecrets()
    const cookie = secure.set(state, value).split('; ')[0] ?? ''
    expect(secure.read(httpEvent({ cookies: [cookie] }), state)).toBeUndefined()
  })

  test('is none when there are no cookies', () => {
    expect(secure.read(httpEvent(), 'state')).toBeUndefined()
  })
})
