import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sealTokenSet } from '../../../functions/domain/seal-token-set.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { type TokenBinding, tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { handClock } from '../../fakes/hand-clock.ts'
import { memoryKeyring } from '../../fakes/memory-keyring.ts'
import { tokenMinter } from '../../fakes/token-minter.ts'

const BINDING: TokenBinding = { connectionId: 12, generation: 3 }
const UNSEALABLE = expect.objectContaining({ name: 'ServiceError', code: 'token_unsealable' })

function sealers(keyring = memoryKeyring()) {
  return {
    keyring,
    access: tokenSealer('access', keyring.read),
    refresh: tokenSealer('refresh', keyring.read),
  }
}

/** Where each part begins: version, length of the key id, key id, IV, tag, ciphertext. */
function regionsOf(keyId: string) {
  const iv = 2 + keyId.length
  return { version: 0, keyIdLength: 1, keyId: 2, iv, tag: iv + 12, ciphertext: iv + 28 }
}

describe('sealing', () => {
  test('what is sealed opens again under the same binding, whatever the text', async () => {
    const { access } = sealers()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 5000 }), async (token) => {
        const sealed = await access.seal(BINDING, token)
        expect(await access.open(BINDING, sealed)).toBe(token)
      }),
    )
  })

  test('a token of Microsoft size opens again', async () => {
    const { refresh } = sealers()
    const token = 'x'.repeat(20_000)
    expect(await refresh.open(BINDING, await refresh.seal(BINDING, token))).toBe(token)
  })

  test('the same token is sealed differently each time, and never shows', async () => {
    const { access } = sealers()
    const all = await Promise.all(
      Array.from({ length: 50 }, () => access.seal(BINDING, 'canary-token')),
    )
    expect(new Set(all.map((sealed) => Buffer.from(sealed).toString('hex'))).size).toBe(50)
    for (const sealed of all) expect(Buffer.from(sealed).toString('latin1')).not.toContain('canary')
  })
})

describe('a sealed token opens nowhere else', () => {
  test.each<[string, TokenBinding]>([
    ['another connection', { connectionId: 13, generation: 3 }],
    ['an older generation', { connectionId: 12, generation: 2 }],
    ['a newer generation', { connectionId: 12, generation: 4 }],
    ['the two swapped', { connectionId: 3, generation: 12 }],
    ['digits that run together', { connectionId: 1, generation: 23 }],
  ])('moved to %s', async (_, elsewhere) => {
    const { access } = sealers()
    const sealed = await access.seal(BINDING, 'token')
    await expect(access.open(elsewhere, sealed)).rejects.toEqual(UNSEALABLE)
  })

  test('moved from refresh to access or back, even with one keyring for both', async () => {
    const { access, refresh } = sealers()
    const sealedRefresh = await refresh.seal(BINDING, 'token')
    const sealedAccess = await access.seal(BINDING, 'token')
    await expect(access.open(BINDING, sealedRefresh)).rejects.toEqual(UNSEALABLE)
    await expect(refresh.open(BINDING, sealedAccess)).rejects.toEqual(UNSEALABLE)
  })

  test('under a keyring of other keys with the same names', async () => {
    const sealed = await sealers().access.seal(BINDING, 'token')
    await expect(sealers().access.open(BINDING, sealed)).rejects.toEqual(UNSEALABLE)
  })
})

describe('tampering', () => {
  test('a flipped bit anywhere keeps it shut', async () => {
    const { access } = sealers()
    const sealed = await access.seal(BINDING, 'a token of some length')
    for (let byte = 0; byte < sealed.length; byte += 1) {
      const changed = Uint8Array.from(sealed)
      changed[byte] = (changed[byte] ?? 0) ^ 1
      await expect(access.open(BINDING, changed)).rejects.toEqual(UNSEALABLE)
    }
  })

  test.each(['version', 'keyIdLength', 'keyId', 'iv', 'tag', 'ciphertext'] as const)(
    'any other byte at the start of the %s keeps it shut',
    async (region) => {
      const { access, keyring } = sealers()
      const sealed = await access.seal(BINDING, 'token')
      const index = regionsOf(keyring.activeKeyId())[region]
      for (let other = 1; other < 256; other += 1) {
        const changed = Uint8Array.from(sealed)
        changed[index] = ((changed[index] ?? 0) + other) % 256
        await expect(access.open(BINDING, changed)).rejects.toEqual(UNSEALABLE)
      }
    },
  )

  test('a shorter or longer one keeps it shut', async () => {
    const { access } = sealers()
    const sealed = await access.seal(BINDING, 'token')
    for (let length = 0; length < sealed.length; length += 1) {
      await expect(access.open(BINDING, sealed.subarray(0, length))).rejects.toEqual(UNSEALABLE)
    }
    const longer = Uint8Array.from([...sealed, 0])
    await expect(access.open(BINDING, longer)).rejects.toEqual(UNSEALABLE)
  })

  test('the key id of another key of the ring keeps it shut', async () => {
    const { access, keyring } = sealers()
    const sealed = Uint8Array.from(await access.seal(BINDING, 'token'))
    keyring.rotate()
    const { keyId } = regionsOf(keyring.activeKeyId())
    sealed.set(Buffer.from(keyring.activeKeyId()), keyId)
    await expect(access.open(BINDING, sealed)).rejects.toEqual(UNSEALABLE)
  })

  test('garbage never throws anything but the one error', async () => {
    const { access } = sealers()
    const garbage = fc.uint8Array({ maxLength: 400 })
    const versioned = garbage.map((bytes) => Uint8Array.from([1, ...bytes]))
    const named = fc
      .tuple(fc.uint8Array({ maxLength: 60 }))
      .map(([bytes]) => Uint8Array.from([1, 5, ...Buffer.from('key-1'), ...bytes]))
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbage, versioned, named), async (sealed) => {
        const error = await access.open(BINDING, sealed).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(ServiceError)
        expect(error).toEqual(UNSEALABLE)
      }),
      { numRuns: 500 },
    )
  })
})

describe('rotation', () => {
  test('what the key before sealed still opens, and new tokens use the new key', async () => {
    const { access, keyring } = sealers()
    const old = await access.seal(BINDING, 'old token')
    const before = keyring.activeKeyId()
    keyring.rotate()
    const fresh = await access.seal(BINDING, 'new token')
    expect(await access.open(BINDING, old)).toBe('old token')
    keyring.drop(before)
    expect(await access.open(BINDING, fresh)).toBe('new token')
  })

  test('a key that is gone is named, so that it can be put back', async () => {
    const { access, keyring } = sealers()
    const sealed = await access.seal(BINDING, 'token')
    keyring.rotate()
    keyring.drop('key-1')
    await expect(access.open(BINDING, sealed)).rejects.toMatchObject({
      code: 'token_unsealable',
      evidence: { keyId: 'key-1' },
    })
  })

  test('what another container sealed with a key that is new here opens, by one look at the keyring', async () => {
    const keyring = memoryKeyring()
    const here = keyring.container()
    let reads = 0
    const access = tokenSealer('access', (options) => {
      reads += 1
      return here(options)
    })
    await access.seal(BINDING, 'makes this container know the first key')
    keyring.rotate()
    const sealed = await tokenSealer('access', keyring.container()).seal(BINDING, 'token')
    reads = 0
    expect(await access.open(BINDING, sealed)).toBe('token')
    expect(reads).toBe(2)
    expect(await access.open(BINDING, sealed)).toBe('token')
    expect(reads).toBe(3)
  })

  test('what this container sealed with a key that was dropped meanwhile opens once it is back', async () => {
    const keyring = memoryKeyring()
    const access = tokenSealer('access', keyring.container())
    const sealed = await access.seal(BINDING, 'token')
    const elsewhere = tokenSealer('access', keyring.container())
    keyring.rotate()
    keyring.drop('key-1')
    await expect(elsewhere.open(BINDING, sealed)).rejects.toEqual(UNSEALABLE)
    keyring.putBack('key-1')
    expect(await elsewhere.open(BINDING, sealed)).toBe('token')
  })

  test('without the active key nothing is sealed', async () => {
    const { access, keyring } = sealers()
    keyring.drop(keyring.activeKeyId())
    await expect(access.seal(BINDING, 'token')).rejects.toEqual(UNSEALABLE)
  })

  test('a keyring that cannot be read is reported as what it is', async () => {
    const error = new ServiceError('grant it', { code: 'secret_unreadable' })
    const access = tokenSealer('access', () => Promise.reject(error))
    await expect(access.seal(BINDING, 'token')).rejects.toBe(error)
    const sealed = await sealers().access.seal(BINDING, 'token')
    await expect(access.open(BINDING, sealed)).rejects.toBe(error)
  })
})

test('a token set is sealed token by token, each with the keyring of its kind', async () => {
  const minter = tokenMinter(handClock().now)
  const accessTokens = tokenSealer('access', memoryKeyring().read)
  const refreshTokens = tokenSealer('refresh', memoryKeyring().read)
  const tokenSet = minter.mint()
  const sealed = await sealTokenSet({ accessTokens, refreshTokens }, BINDING, tokenSet)
  const { accessTokenExpiresAt, obtainedAt } = tokenSet
  expect(sealed).toMatchObject({ accessTokenExpiresAt, obtainedAt })
  expect(await accessTokens.open(BINDING, sealed.sealedAccessToken)).toBe(tokenSet.accessToken)
  expect(await refreshTokens.open(BINDING, sealed.sealedRefreshToken)).toBe(tokenSet.refreshToken)
})
