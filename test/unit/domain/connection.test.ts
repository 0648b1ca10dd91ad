import { expect, test } from 'vitest'
import { isConnected } from '../../../functions/domain/connection.ts'
import { aConnection } from '../../support/builders.ts'

test('a connection with a grant and the status is connected', () => {
  expect(isConnected(aConnection())).toBe(true)
})

test.each(['pending', 'reauthorization_required', 'disconnected'] as const)(
  'a %s connection is not connected, even while tokens are kept',
  (status) => {
    expect(isConnected(aConnection({ status }))).toBe(false)
  },
)

test.each(['resource', 'tokenSet', 'authority', 'user'] as const)(
  'a connection without %s is not connected, whatever its status says',
  (part) => {
    expect(isConnected(aConnection({ [part]: undefined }))).toBe(false)
  },
)
