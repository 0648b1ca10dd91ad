import { describe, expect, test } from 'vitest'
import { directorySearchOf } from '../../../functions/domain/directory-search.ts'

describe('what is searched for', () => {
  test.each([undefined, '', ' \t'])('is nothing where nothing was typed: "%s"', (typed) => {
    expect(directorySearchOf(typed)).toBeUndefined()
  })

  test('is an account as typed and in lower case, an environment or a user', () => {
    expect(directorySearchOf(' Contoso ')).toEqual({
      id: undefined,
      accounts: ['Contoso', 'contoso'],
      resource: 'https://contoso',
      user: 'contoso',
    })
  })

  test('is one account where its lower case is what was typed', () => {
    expect(directorySearchOf('contoso')?.accounts).toEqual(['contoso'])
  })

  test.each([
    'https://Contoso.crm4.dynamics.com',
    'contoso.crm4.dynamics.com/',
    'HTTPS://contoso.crm4.dynamics.com/main.aspx?appid=1',
  ])('is the host of an address: %s', (typed) => {
    expect(directorySearchOf(typed)?.resource).toBe('https://contoso.crm4.dynamics.com')
  })

  test.each(['ada@contoso.example', 'two words', 'ä'])('is no environment: %s', (typed) => {
    expect(directorySearchOf(typed)?.resource).toBeUndefined()
  })

  test.each([
    ['1', 1],
    ['2147483647', 2147483647],
    ['2147483648', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
  ])('is the id that it is: %s', (typed, id) => {
    expect(directorySearchOf(typed)?.id).toBe(id)
  })

  test('is found nowhere when it is longer than anything that there is', () => {
    expect(directorySearchOf('1'.repeat(257))).toEqual({
      id: undefined,
      accounts: [],
      resource: undefined,
      user: undefined,
    })
  })
})
