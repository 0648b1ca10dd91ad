import { describe, expect, test } from 'vitest'
import { readUser, signedInUser } from '../../../functions/adapters/dynamodb-user.ts'
import { aUser } from '../../support/builders.ts'

const LONG = `${'ä'.repeat(300)}@x`

describe('a user who signed in', () => {
  test.each(['ada@x', 'Ada@X', LONG, '', undefined])('reads back as it was: %s', (username) => {
    const user = aUser({ username })
    const { user: stored, userKey } = signedInUser(user)
    expect(readUser(stored?.M ?? {}, userKey?.S)).toEqual(user)
  })

  test('is found by the name in lower case, which is stored once where it is the name', () => {
    const { user, userKey } = signedInUser(aUser({ username: 'ada@x' }))
    expect(userKey).toEqual({ S: 'ada@x' })
    expect(JSON.stringify(user)).not.toContain('ada@x')
    expect(signedInUser(aUser({ username: 'Ada@X' })).userKey).toEqual({ S: 'ada@x' })
  })

  test('has a key that an index takes, or none', () => {
    const key = signedInUser(aUser({ username: LONG })).userKey?.S ?? ''
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024)
    expect(key).toBe('ä'.repeat(256))
    expect(signedInUser(aUser({ username: '' })).userKey).toBeUndefined()
    expect(signedInUser(aUser({ username: undefined })).userKey).toBeUndefined()
  })
})
