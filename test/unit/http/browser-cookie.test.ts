import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { browserCookie } from '../../../functions/http/browser-cookie.ts'
import { httpEvent } from '../support/http-event.ts'

const anOwnRequest = () => ({
  id: randomBytes(32).toString('base64url'),
  browserSecret: randomBytes(32).toString('base64url'),
})

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
    const own = anOwnRequest()
    expect(secure.read(sentBack(secure.set(own)), own.id)).toBe(own.browserSecret)
    expect(plain.read(sentBack(plain.set(own)), own.id)).toBe(own.browserSecret)
  })

  test('is of this host alone, unreadable to scripts, and gone after 30 minutes', () => {
    const own = anOwnRequest()
    const { name, attributes } = partsOf(secure.set(own))
    expect(name).toMatch(/^__Host-dynamics-connect-[\w-]{16}$/)
    expect(attributes).toEqual(['HttpOnly', 'Max-Age=1800', 'Path=/', 'SameSite=Lax', 'Secure'])
  })

  test('does without the prefix and Secure over plain HTTP, which a local run uses', () => {
    const own = anOwnRequest()
    const { name, attributes } = partsOf(plain.set(own))
    expect(name).toMatch(/^dynamics-connect-[\w-]{16}$/)
    expect(attributes).toEqual(['HttpOnly', 'Max-Age=1800', 'Path=/', 'SameSite=Lax'])
  })

  test('over HTTPS is not to be had from a cookie without the prefix, which others could set', () => {
    const own = anOwnRequest()
    expect(secure.read(sentBack(plain.set(own)), own.id)).toBeUndefined()
  })

  test('of one tab does not take the place of that of another', () => {
    const [one, two] = [anOwnRequest(), anOwnRequest()]
    const both = sentBack(secure.set(one), secure.set(two))
    expect(secure.read(both, one.id)).toBe(one.browserSecret)
    expect(secure.read(both, two.id)).toBe(two.browserSecret)
  })

  test('of one attempt is not read for another', () => {
    const [one, two] = [anOwnRequest(), anOwnRequest()]
    const request = sentBack(secure.set(one))
    expect(secure.read(request, two.id)).toBeUndefined()
  })

  test.each([
    '',
    'short',
    'x'.repeat(42),
    'x'.repeat(44),
    `${'x'.repeat(42)}=`,
    `${'x'.repeat(42)}\n`,
  ])('is none when it holds %j', (value) => {
    const own = anOwnRequest()
    const cookie = secure.set({ ...own, browserSecret: value }).split('; ')[0] ?? ''
    expect(secure.read(httpEvent({ cookies: [cookie] }), own.id)).toBeUndefined()
  })

  test('is none when there are no cookies', () => {
    expect(secure.read(httpEvent(), 'state')).toBeUndefined()
  })
})
