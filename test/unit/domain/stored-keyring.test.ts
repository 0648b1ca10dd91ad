import { describe, expect, test } from 'vitest'
import {
  hasKeysOf,
  newKeyring,
  replacedAt,
  storedKeyringOf,
  withNewKey,
  withoutKey,
} from '../../../functions/domain/stored-keyring.ts'

const NOW = new Date('2026-01-31T12:00:00.000Z')
const A_KEY = Buffer.alloc(32, 7).toString('base64url')
const ANOTHER_KEY = Buffer.alloc(32, 8).toString('base64url')

describe('a new keyring', () => {
  test('has one key of 256 bits, which is active', () => {
    const keyring = newKeyring()
    expect(keyring).toEqual({ active: 'k1', keys: { k1: expect.stringMatching(/^[\w-]{43}$/) } })
    expect(Buffer.from(keyring.keys.k1 ?? '', 'base64url')).toHaveLength(32)
  })

  test('is another one each time', () => {
    expect(newKeyring()).not.toEqual(newKeyring())
  })
})

describe('a keyring is recognised', () => {
  test('when it was made here, and with more keys', () => {
    for (const keyring of [newKeyring(), withNewKey(newKeyring(), NOW)]) {
      expect(storedKeyringOf(keyring)).toEqual(keyring)
    }
  })

  test('when CloudFormation made it', () => {
    const generated = 'Ab3'.repeat(14).concat('x')
    expect(storedKeyringOf({ active: 'k1', k1: generated })).toEqual({
      active: 'k1',
      keys: { k1: generated },
    })
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'k1'],
    ['a list', []],
    ['no keys', { active: 'k1' }],
    ['an active key that is not there', { active: 'k2', keys: { k1: A_KEY } }],
    ['an active key that is not there, beside another', { active: 'k2', k1: A_KEY }],
    ['an active key by the name of a method', { active: 'toString', keys: { k1: A_KEY } }],
    ['an active key by the name of a method, and no keys', { active: 'toString' }],
    ['an active key by the name of a member', { active: 'active' }],
    ['a short key', { active: 'k1', keys: { k1: 'c2hvcnQ' } }],
    ['a short generated key', { active: 'k1', k1: 'c2hvcnQ' }],
    ['a key that is no text', { active: 'k1', keys: { k1: 7 } }],
    ['keys that are null', { active: 'k1', keys: null, k1: A_KEY }],
  ])('but not %s', (_name, value) => {
    expect(storedKeyringOf(value)).toBeUndefined()
  })
})

describe('a keyring with a new key', () => {
  test('seals with it and keeps every other', () => {
    const before = { active: 'k1', keys: { k1: A_KEY } }
    const after = withNewKey(before, NOW)
    expect(after).toEqual({
      active: 'k2',
      keys: { k1: A_KEY, k2: expect.any(String) },
      replaced: { k1: NOW.toISOString() },
    })
    expect(storedKeyringOf(after)).toEqual(after)
    expect(after.keys.k2).not.toBe(withNewKey(before, NOW).keys.k2)
  })

  test('knows when each of the others was replaced', () => {
    const later = new Date(NOW.getTime() + 1)
    const keyring = withNewKey(withNewKey(newKeyring(), NOW), later)
    expect(['k1', 'k2', 'k3'].map((keyId) => replacedAt(keyring, keyId))).toEqual([
      NOW,
      later,
      undefined,
    ])
  })

  test('never reuses the id of a key that is there, whatever the others are called', () => {
    const keys = { k9: A_KEY, k10: A_KEY, imported: A_KEY }
    expect(withNewKey({ active: 'imported', keys }, NOW).active).toBe('k11')
  })
})

test('a keyring without a key has all the others', () => {
  const keyring = { active: 'k2', keys: { k1: A_KEY, k2: ANOTHER_KEY } }
  expect(withoutKey(keyring, 'k1')).toEqual({ active: 'k2', keys: { k2: ANOTHER_KEY } })
  const replaced = { k0: NOW.toISOString() }
  const marked = { ...keyring, replaced: { ...replaced, k1: NOW.toISOString() } }
  expect(withoutKey(marked, 'k1').replaced).toEqual(replaced)
})

test.each([
  ['no marks', undefined],
  ['marks that are no object', 'yesterday'],
  ['marks that are no text', { k1: 7 }],
  ['marks that are no time', { k1: 'yesterday' }],
  ['a mark of another key', { k2: NOW.toISOString() }],
])('a keyring with %s is one, and does not know when its key was replaced', (_name, replaced) => {
  const keyring = storedKeyringOf({ active: 'k1', keys: { k1: A_KEY }, replaced })
  expect(keyring).toMatchObject({ active: 'k1', keys: { k1: A_KEY } })
  expect(keyring && replacedAt(keyring, 'k1')).toBeUndefined()
})

test('a keyring has the keys of another when each is there and the same', () => {
  const one = { active: 'k1', keys: { k1: A_KEY } }
  const more = withNewKey(one, NOW)
  expect(hasKeysOf(more, one)).toBe(true)
  expect(hasKeysOf(one, one)).toBe(true)
  expect(hasKeysOf(one, more)).toBe(false)
  expect(hasKeysOf({ active: 'k1', keys: { k1: ANOTHER_KEY } }, one)).toBe(false)
})
