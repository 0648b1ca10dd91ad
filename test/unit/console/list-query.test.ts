import { expect, test } from 'vitest'
import {
  hrefOf,
  type ListQuery,
  listQueryOf,
} from '../../../functions/console/connections/list-query.ts'

const EVERYTHING: ListQuery = {
  search: '',
  state: undefined,
  who: undefined,
  order: 'newest',
  account: undefined,
  after: undefined,
}

function readAgain(query: ListQuery): ListQuery {
  const { searchParams } = new URL(hrefOf(query), 'https://connect.example')
  return listQueryOf(new Map(searchParams), undefined)
}

test.each<Partial<ListQuery>>([
  {},
  { search: 'a&b=c #é' },
  { state: 'attention', who: 'application_owner' },
  { order: 'environment', after: 'eyJsaXN0IjowfQ' },
  { account: 'acme & co' },
  {
    search: 'ada',
    state: 'pending',
    who: 'user',
    order: 'user',
    account: 'acme',
    after: 'x',
  },
])('what is asked for stands in the address and is read from it again: %o', (asked) => {
  const query = { ...EVERYTHING, ...asked }
  expect(readAgain(query)).toEqual(query)
})

test('the address of everything is the plain one', () => {
  expect(hrefOf(EVERYTHING)).toBe('/console/connections')
})
