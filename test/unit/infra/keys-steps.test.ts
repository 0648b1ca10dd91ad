import { describe, expect, test } from 'vitest'
import { newKeyring, type StoredKeyring } from '../../../functions/domain/stored-keyring.ts'
import {
  dropKey,
  type KeysDependencies,
  reportKeys,
  rotateKeys,
} from '../../../infra/keys-steps.ts'
import type { KeyUse, Kind } from '../../../infra/keys-use.ts'
import { DAY, handClock, MINUTE } from '../../fakes/hand-clock.ts'

const NOTHING_IN_USE: KeyUse = { access: {}, refresh: {} }

/** Two keyrings in memory, last changed long ago, and tokens that are sealed as told. */
function aDeployment(use: KeyUse = NOTHING_IN_USE) {
  const clock = handClock()
  const stored: Record<Kind, StoredKeyring> = { access: newKeyring(), refresh: newKeyring() }
  let changedAt = new Date(0)
  const told: string[] = []
  const readLatest: boolean[] = []
  const deps: KeysDependencies = {
    keyrings: {
      read: async (kind) => ({ keyring: stored[kind], changedAt, versionId: stored[kind].active }),
      replace: async (kind, keyring, read) => {
        expect(read.keyring).toBe(stored[kind])
        stored[kind] = keyring
        changedAt = clock.now()
      },
    },
    sealedTokens: {
      countByKey: async ({ latest, progress }) => {
        readLatest.push(latest)
        progress(1234)
        return use
      },
    },
    tell: (line) => told.push(line),
    now: clock.now,
  }
  return { deps, clock, stored, told, readLatest }
}

/** Until no restore can need a key that was just replaced. */
const NEEDED_MS = 45 * DAY

const KEEP_RESTORES = { loseRestores: false }

const used = (inUse: number, waiting = 0) => ({ inUse, waiting })

describe('rotating', () => {
  test('adds a key to each keyring, makes it active and keeps the old one', async () => {
    const { deps, stored } = aDeployment()
    const before = structuredClone(stored)
    await rotateKeys(deps)
    for (const kind of ['access', 'refresh'] as const) {
      expect(stored[kind].active).toBe('k2')
      expect(Object.keys(stored[kind].keys)).toEqual(['k1', 'k2'])
      expect(stored[kind].keys.k1).toBe(before[kind].keys.k1)
      expect(Buffer.from(stored[kind].keys.k2 ?? '', 'base64url')).toHaveLength(32)
    }
    expect(stored.access.keys.k2).not.toBe(stored.refresh.keys.k2)
  })

  test('never gives the id of a dropped key to a new one while a later key is there', async () => {
    const { deps, stored, clock } = aDeployment()
    await rotateKeys(deps)
    clock.advance(NEEDED_MS)
    await dropKey(deps, 'k1', KEEP_RESTORES)
    await rotateKeys(deps)
    expect(Object.keys(stored.access.keys)).toEqual(['k2', 'k3'])
  })

  test('says when containers learn of it and when everything is sealed anew', async () => {
    const { deps, told } = aDeployment()
    await rotateKeys(deps)
    expect(told.join('\n')).toMatch(/within five minutes.*\n.*about 90 minutes.*within 7 days/)
  })
})

describe('reporting', () => {
  test('says of each key whether it is active, in use or safe to drop', async () => {
    const { deps, told } = aDeployment({
      access: { k2: used(5) },
      refresh: { k1: used(3, 1), k2: used(2) },
    })
    await rotateKeys(deps)
    told.length = 0
    await reportKeys(deps)
    expect(told).toEqual([
      'reading the connections…',
      '  1,234 read',
      'keyring of access tokens',
      '  k1: unused; a restore may need it until 2096-04-15',
      '  k2: active, in use by 5',
      'keyring of refresh tokens',
      '  k1: in use by 3; 1 more in connections that wait for a sign-in and never open it',
      '  k2: active, in use by 2',
    ])
  })

  test('says of an unused key when it is safe to drop, and when that cannot be known', async () => {
    const { deps, told, clock, stored } = aDeployment()
    await rotateKeys(deps)
    const { replaced: _, ...unmarked } = stored.refresh
    stored.refresh = unmarked
    clock.advance(NEEDED_MS)
    await reportKeys(deps)
    expect(told.filter((line) => line.startsWith('  k1'))).toEqual([
      '  k1: unused: safe to drop',
      '  k1: unused; a restore may need it until 45 days after it was replaced, which is not known',
    ])
  })

  test('names a key that is in use and gone', async () => {
    const { deps, told } = aDeployment({ access: {}, refresh: { k0: used(7) } })
    await reportKeys(deps)
    expect(told.at(-1)).toBe('  k0: MISSING, yet in use by 7: put it back')
  })
})

describe('dropping', () => {
  async function aRotatedDeployment(use?: KeyUse) {
    const deployment = aDeployment(use)
    await rotateKeys(deployment.deps)
    deployment.clock.advance(NEEDED_MS)
    return deployment
  }

  test('removes a key that nothing is sealed with, after reading what was stored this moment', async () => {
    const { deps, stored, readLatest } = await aRotatedDeployment()
    await dropKey(deps, 'k1', KEEP_RESTORES)
    expect(Object.keys(stored.access.keys)).toEqual(['k2'])
    expect(Object.keys(stored.refresh.keys)).toEqual(['k2'])
    expect(readLatest).toEqual([true])
  })

  test('removes a key of which only connections that wait for a sign-in hold a token', async () => {
    const { deps, stored } = await aRotatedDeployment({ access: { k1: used(0, 2) }, refresh: {} })
    await dropKey(deps, 'k1', KEEP_RESTORES)
    expect(Object.keys(stored.access.keys)).toEqual(['k2'])
  })

  test.each<[string, { readonly keyId: string; readonly use: KeyUse; readonly why: RegExp }]>([
    [
      'is active',
      { keyId: 'k2', use: NOTHING_IN_USE, why: /k2 is the active key of access tokens: rotate/ },
    ],
    [
      'has sealed access tokens',
      {
        keyId: 'k1',
        use: { access: { k1: used(3) }, refresh: {} },
        why: /k1 is in use by 3 access tokens: wait/,
      },
    ],
    [
      'has sealed refresh tokens only',
      {
        keyId: 'k1',
        use: { access: {}, refresh: { k1: used(1) } },
        why: /k1 is in use by 1 refresh tokens: wait/,
      },
    ],
    ['is unknown', { keyId: 'k9', use: NOTHING_IN_USE, why: /no keyring has a key k9/ }],
  ])('leaves both keyrings as they are when the key %s', async (_case, { keyId, use, why }) => {
    const { deps, stored } = await aRotatedDeployment(use)
    const before = structuredClone(stored)
    await expect(dropKey(deps, keyId, KEEP_RESTORES)).rejects.toThrow(why)
    expect(stored).toEqual(before)
  })

  test('keeps a key for as long as a restore may need it, and says how it is dropped all the same', async () => {
    const { deps, stored, clock, readLatest } = aDeployment()
    await rotateKeys(deps)
    clock.advance(NEEDED_MS - MINUTE)
    await expect(dropKey(deps, 'k1', KEEP_RESTORES)).rejects.toThrow(
      /^k1 was replaced on 2096-03-01, and a restore .* keep it until 2096-04-15; .* add --lose-restores$/,
    )
    expect(readLatest).toEqual([])
    expect(Object.keys(stored.access.keys)).toEqual(['k1', 'k2'])
    await dropKey(deps, 'k1', { loseRestores: true })
    expect(Object.keys(stored.access.keys)).toEqual(['k2'])
  })

  test('keeps a key of which it is not known when it was replaced', async () => {
    const { deps, stored } = await aRotatedDeployment()
    const { replaced: _, ...unmarked } = stored.refresh
    stored.refresh = unmarked
    await expect(dropKey(deps, 'k1', KEEP_RESTORES)).rejects.toThrow(
      /^it is not known when k1 was replaced, and a restore .* more than 45 days ago, or .* --lose-restores$/,
    )
    expect(Object.keys(stored.access.keys)).toEqual(['k1', 'k2'])
    await dropKey(deps, 'k1', { loseRestores: true })
    expect(Object.keys(stored.refresh.keys)).toEqual(['k2'])
  })

  test('never drops a key that is in use, whatever it is told of restores', async () => {
    const { deps, stored } = await aRotatedDeployment({ access: { k1: used(1) }, refresh: {} })
    const dropping = dropKey(deps, 'k1', { loseRestores: true })
    await expect(dropping).rejects.toThrow(/k1 is in use by 1 access tokens/)
    expect(Object.keys(stored.access.keys)).toEqual(['k1', 'k2'])
  })

  test('waits until no running container can still seal with the key', async () => {
    const { deps, stored, clock } = aDeployment()
    await rotateKeys(deps)
    clock.advance(19 * MINUTE)
    await expect(dropKey(deps, 'k1', KEEP_RESTORES)).rejects.toThrow(
      /may still seal with k1: try again after 2096-03-01T12:20:00.000Z/,
    )
    expect(Object.keys(stored.access.keys)).toEqual(['k1', 'k2'])
  })
})

test('no command tells any part of a key', async () => {
  const { deps, stored, told, clock } = aDeployment({ access: { k1: used(1) }, refresh: {} })
  await rotateKeys(deps)
  clock.advance(NEEDED_MS)
  await reportKeys(deps)
  const refusal = await dropKey(deps, 'k1', KEEP_RESTORES).catch(String)
  const said = `${told.join('\n')}${refusal}`
  const keys = Object.values(stored).flatMap(({ keys }) => Object.values(keys))
  expect(keys).toHaveLength(4)
  for (const key of keys) expect(said).not.toContain(key.slice(0, 8))
})
