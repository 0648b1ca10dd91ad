import type { Connection } from '../../functions/domain/connection.ts'
import type {
  ConnectionDirectory,
  DirectoryOrder,
  DirectoryQuery,
} from '../../functions/domain/connection-directory.ts'
import { isInGroups } from '../../functions/domain/connection-group.ts'
import { directorySearchOf } from '../../functions/domain/directory-search.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'
import type { MemoryConnectionStore } from './memory-connection-store.ts'

/** Where a connection stands: in which of the lists one after the other, and where in it. */
type Place = readonly [list: number, sort: string | number, id: number]

interface Row {
  readonly place: Place
  readonly connection: Connection
}

/** A directory of the connections of a store. */
export function memoryConnectionDirectory(
  store: Pick<MemoryConnectionStore, 'all'>,
): ConnectionDirectory {
  return {
    find: async (query) => {
      const after = query.after === undefined ? undefined : placeOf(query.after, query)
      const rows = store
        .all()
        .filter(({ accountId }) => [undefined, accountId].includes(query.accountId))
        .filter((connection) => isInGroups(query.groups, connection))
        .flatMap((connection) => rowOf(connection, query))
        .toSorted((one, other) => compare(one.place, other.place))
        .filter(({ place }) => after === undefined || compare(place, after) > 0)
      const shown = rows.slice(0, query.pageSize)
      const last = rows.length > shown.length ? shown.at(-1) : undefined
      return {
        connections: shown.map(({ connection }) => ({ ...connection, tokenSet: undefined })),
        next: last && Buffer.from(JSON.stringify(last.place)).toString('base64url'),
      }
    },
    read: async (connectionId) => {
      const found = store.all().find(({ id }) => id === connectionId)
      return found && { ...found, tokenSet: undefined }
    },
  }
}

function rowOf(connection: Connection, query: DirectoryQuery): readonly Row[] {
  const { id } = connection
  const found = foundIn(connection, query)
  return found === undefined ? [] : [{ place: [...found, id], connection }]
}

/** The list and the sort key; `undefined` where it is not found. */
function foundIn(
  { id, accountId, resource, user, createdAt }: Connection,
  query: DirectoryQuery,
): readonly [number, string | number] | undefined {
  const username = user?.username?.toLowerCase()
  const search = directorySearchOf(query.search)
  if (search === undefined) {
    const time = createdAt.getTime()
    const keys = { newest: -time, oldest: time, account: accountId, environment: resource }
    const key = query.accountId === undefined ? { ...keys, user: username }[query.order] : id
    return key === undefined ? undefined : [0, key]
  }
  if (id === search.id) return [0, 0]
  const account = search.accounts.findIndex((prefix) => accountId.startsWith(prefix))
  const isOwn = query.accountId !== undefined
  const byEnvironment = search.resource !== undefined && resource?.startsWith(search.resource)
  const byUser = search.user !== undefined && username?.startsWith(search.user)
  if (isOwn) return byEnvironment || byUser ? [1, id] : undefined
  if (account >= 0) return [1 + account, accountId]
  if (byEnvironment) return [3, resource ?? '']
  return byUser ? [4, username ?? ''] : undefined
}

function compare([list, sort, id]: Place, [otherList, otherSort, otherId]: Place): number {
  const order = sort < otherSort ? -1 : Number(sort > otherSort)
  return list - otherList || order || id - otherId
}

const BY_TIME: readonly DirectoryOrder[] = ['newest', 'oldest']

function placeOf(cursor: string, query: DirectoryQuery): Place {
  const isNumber = query.accountId !== undefined || BY_TIME.includes(query.order)
  try {
    const [list, sort, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Place
    const isOfItsKind = query.search !== undefined || (typeof sort === 'number') === isNumber
    if (Number.isInteger(list) && Number.isInteger(id) && isOfItsKind) return [list, sort, id]
  } catch {}
  throw new ServiceError('start the list again', { code: 'request_invalid' })
}
