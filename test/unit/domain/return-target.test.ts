import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAllowedTarget, mayReturnTo } from '../../../functions/domain/return-target.ts'

const ALLOWED = ['https://good.example', 'https://app.good.example:8443', 'http://localhost:3000']

const mayReturn = (targetOrigin: string, callbackMessage?: string) =>
  isAllowedTarget({ targetOrigin, callbackMessage, mode: 'redirect' }, ALLOWED)

describe('a target by redirect', () => {
  test.each([
    'https://good.example',
    'https://good.example/',
    'https://good.example/done?customer=1&x=a%20b#top',
    'https://good.example/https://evil.example',
    'https://good.example/?next=https://evil.example',
    'https://GOOD.example/done',
    'https://good.example:443/done',
    'https://app.good.example:8443/done',
    'http://localhost:3000/done',
  ])('%s may be returned to', (target) => {
    expect(mayReturn(target)).toBe(true)
  })
})

describe('a target by message', () => {
  test.each(['https://good.example', 'https://good.example/', 'http://localhost:3000'])(
    '%s may be told',
    (target) => {
      expect(mayReturn(target, 'connected')).toBe(true)
    },
  )

  test.each([
    'https://good.example/done',
    'https://good.example?x',
    'https://good.example#x',
    'https://good.example//',
    'https://good.example:443',
    'https://GOOD.example',
    '*',
    '/',
    'null',
  ])('%s is no origin', (target) => {
    expect(mayReturn(target, 'connected')).toBe(false)
  })

  test('an empty message is still a message', () => {
    expect(mayReturn('https://good.example/done', '')).toBe(false)
  })
})

const HOSTILE = [
  '',
  ' ',
  '/',
  '//good.example',
  '/\\good.example',
  'good.example',
  'https://',
  'https://evil.example',
  'https://good.example.evil.example',
  'https://evilgood.example',
  'https://sub.good.example',
  'https://good.example.',
  'https://good.example./',
  'https://good.example@evil.example',
  'https://good.example:443@evil.example',
  'https://user@good.example',
  'https://user:pass@good.example',
  'https://:pass@good.example',
  'https://evil.example/https://good.example',
  'https://evil.example#https://good.example',
  'https://evil.example?https://good.example',
  'https://evil.example\\@good.example',
  'https://evil.example\\.good.example',
  'https://good.example:444',
  'https://good.example:8443',
  'https://good.example:99999',
  'http://good.example',
  'http://good.example:443',
  'ftp://good.example',
  'ws://good.example',
  'file:///good.example',
  'http://localhost',
  'http://localhost:30000',
  'http://127.0.0.1:3000',
  'http://[::1]:3000',
  'https://good.exаmple',
  'https://xn--good-example',
  'https://good%2eexample@evil.example',
  'https://good.example%00.evil.example',
  'https://good.example%2f.evil.example',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'javascript://good.example/%0aalert(1)',
  'data:text/html,hello',
  'about:blank',
  'null',
  '*',
]

describe('a target that is not on the list', () => {
  test.each(HOSTILE)('%j may not be returned to', (target) => {
    expect(mayReturn(target)).toBe(false)
  })

  test.each(HOSTILE)('%j may not be told', (target) => {
    expect(mayReturn(target, 'connected')).toBe(false)
  })

  test('a target without an origin is refused even if the list names null', () => {
    for (const targetOrigin of ['data:text/html,x', 'javascript:alert(1)', 'about:blank']) {
      const target = { targetOrigin, callbackMessage: undefined, mode: 'redirect' as const }
      expect(isAllowedTarget(target, ['null'])).toBe(false)
    }
  })

  test('a blob is refused, although its origin is the one that made it', () => {
    expect(mayReturn('blob:https://good.example/5c7a9b1e')).toBe(false)
  })

  test('with nothing on the list, nothing is allowed', () => {
    const target = {
      targetOrigin: 'https://good.example',
      callbackMessage: undefined,
      mode: 'redirect' as const,
    }
    expect(isAllowedTarget(target, [])).toBe(false)
  })

  test.each([
    ['https://deployed.example', true],
    ['https://set.example', true],
    ['https://good.example', false],
  ])('what the deployment or the settings allow is allowed: %s is %s', (targetOrigin, allowed) => {
    const target = { targetOrigin, callbackMessage: undefined, mode: 'redirect' as const }
    const deployment = { allowedOrigins: ['https://deployed.example'] }
    const settings = { allowedOrigins: ['https://set.example'] }
    expect(mayReturnTo(target, deployment, settings)).toBe(allowed)
  })
})

describe('a target that a URL parser has to repair', () => {
  test.each([
    ['a line break', 'https://good.example/\r\nSet-Cookie: a=b'],
    ['a line break in the host', 'https://good.exa\nmple/'],
    ['a tab', 'https://good.example/a\tb'],
    ['a space in front', ' https://good.example'],
    ['a null at the end', 'https://good.example/\0'],
    ['backslashes', 'https:\\\\good.example\\done'],
    ['a backslash after the host', 'https://good.example\\@evil.example'],
    ['no slashes', 'https:good.example'],
    ['a full-width dot', 'https://good\uff0eexample'],
  ])('%s is refused rather than repaired', (_, target) => {
    expect(mayReturn(target)).toBe(false)
  })
})

test('whatever the text, it never throws, and what is allowed leads to an allowed origin', () => {
  const around = fc.tuple(
    fc.constantFrom('', 'https:', 'javascript:', ' ', '\\'),
    fc.string({ maxLength: 4 }),
    fc.constantFrom('https://good.example', '//good.example', 'good.example', ''),
    fc.string({ maxLength: 12 }),
  )
  const anything = fc.oneof(
    fc.string(),
    fc.webUrl(),
    around.map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(anything, fc.option(fc.string(), { nil: undefined }), (target, message) => {
      const isAllowed = isAllowedTarget(
        { targetOrigin: target, callbackMessage: message, mode: 'redirect' as const },
        ALLOWED,
      )
      expect(!isAllowed || ALLOWED.includes(new URL(target).origin)).toBe(true)
    }),
    { numRuns: 2000 },
  )
  expect.hasAssertions()
})
