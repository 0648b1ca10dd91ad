import { expect, test } from 'vitest'
import { consoleAccessOf, isFirstSignIn } from '../../../functions/domain/console-access.ts'

const FIRST = { clientId: 'console', clientSecret: 'canary-first-sign-in' }

test('the first sign-in is known by both its halves', () => {
  const access = consoleAccessOf(FIRST)
  expect(isFirstSignIn(access, FIRST)).toBe(true)
  expect(isFirstSignIn(access, { ...FIRST, clientId: 'partner' })).toBe(false)
  expect(isFirstSignIn(access, { ...FIRST, clientSecret: '' })).toBe(false)
  expect(isFirstSignIn(access, { ...FIRST, clientSecret: 'canary-first-sign-i' })).toBe(false)
})

test.each([{}, { clientId: 'console' }, { ...FIRST, clientSecret: '' }, { ...FIRST, clientId: 7 }])(
  'a first sign-in that is closed is nobody: %j',
  (stored) => {
    const access = consoleAccessOf(stored)
    expect(access.firstSignIn).toBeUndefined()
    expect(isFirstSignIn(access, { clientId: 'console', clientSecret: '' })).toBe(false)
  },
)
