import type { DirectoryOrder, DirectoryQuery } from '../../domain/connection-directory.ts'
import type { ConnectionGroup } from '../../domain/connection-group.ts'
import { EVERY_WHO, type Who } from '../../domain/reason.ts'
import { CONNECTIONS_PATH } from './paths.ts'

/** What the list is filtered by. */
export const STATES = ['connected', 'attention', 'pending', 'disconnected'] as const
export const ORDERS = [
  'newest',
  'oldest',
  'account',
  'environment',
  'user',
] as const satisfies readonly DirectoryOrder[]

const PAGE_SIZE = 25

/** What of the list somebody asks for; all of it stands in the address of the page. */
export interface ListQuery {
  readonly search: string
  readonly state: (typeof STATES)[number] | undefined
  readonly who: Who | undefined
  readonly order: DirectoryOrder
  readonly account: string | undefined
  /** The cursor of a further page. */
  readonly after: string | undefined
}

/** @param onlyAccount the one that the visitor may see, whatever the query says */
export function listQueryOf(
  query: ReadonlyMap<string, string>,
  onlyAccount: string | undefined,
): ListQuery {
  return {
    search: query.get('search')?.trim() ?? '',
    state: oneOf(STATES, query.get('state')),
    who: oneOf(EVERY_WHO, query.get('who')),
    order: oneOf(ORDERS, query.get('order')) ?? 'newest',
    account: onlyAccount ?? (query.get('account') || undefined),
    after: query.get('after') || undefined,
  }
}

/** The address of that part of the list. */
export function hrefOf(query: ListQuery): string {
  const given = fieldsOf(query)
  const text = new URLSearchParams(given).toString()
  return text === '' ? CONNECTIONS_PATH : `${CONNECTIONS_PATH}?${text}`
}

/** What of the query is not as it is without being asked for. */
export function fieldsOf(query: ListQuery): Record<string, string> {
  const { order, ...rest } = query
  const all = { ...rest, order: order === 'newest' ? undefined : order }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  )
}

/** Whether less than everything is asked for. */
export function isFiltered({ search, state, who }: ListQuery): boolean {
  return search !== '' || state !== undefined || who !== undefined
}

/** The order is of no account for a search, and within an account. */
export function heedsOrder({ search, account }: ListQuery): boolean {
  return search === '' && account === undefined
}

/** As the directory is asked; `undefined` when no connection can be both. */
export function directoryQueryOf(query: ListQuery): DirectoryQuery | undefined {
  const { state, who, search, order, account, after } = query
  const isContradiction = who !== undefined && state !== undefined && state !== 'attention'
  if (isContradiction) return undefined
  return {
    groups: who === undefined ? groupsOf(state) : [who],
    search: search || undefined,
    order,
    accountId: account,
    pageSize: PAGE_SIZE,
    after,
  }
}

function groupsOf(state: ListQuery['state']): readonly ConnectionGroup[] {
  if (state === undefined) return []
  return state === 'attention' ? EVERY_WHO : [state]
}

function oneOf<T extends string>(known: readonly T[], text: string | undefined): T | undefined {
  return known.find((one) => one === text)
}
