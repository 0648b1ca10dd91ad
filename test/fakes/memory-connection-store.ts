import { randomInt } from 'node:crypto'
import type { Clock } from '../../functions/domain/clock.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import { shardOf } from '../../functions/domain/refresh-schedule.ts'
import type { DueConnections, TokenSets } from '../../functions/domain/token-sets.ts'

/** The three ports to one store of connections. */
export interface ConnectionStore {
  readonly connections: Connections
  readonly tokenSets: TokenSets
  readonly dueConnections: DueConnections
}

type Stored = Map<number, Connection>

export function memoryConnectionStore(now: Clock, shards: number): ConnectionStore {
  const stored: Stored = new Map()
  return {
    connections: connectionsIn(stored, now),
    tokenSets: tokenSetsIn(stored),
    dueConnections: dueConnectionsIn(stored, shards),
  }
}

/** What is left of a connection whose grant is forgotten. */
const FORGOTTEN = {
  reason: undefined,
  tokenSet: undefined,
  authority: undefined,
  user: undefined,
  environment: undefined,
  connectedAt: undefined,
  refreshedAt: undefined,
  nextRefreshAt: undefined,
  failure: undefined,
} as const

/** Changes what is stored now, in one step, if it still passes. */
function change(
  stored: Stored,
  id: number,
  changed: (connection: Connection) => Connection | undefined,
): Connection | undefined {
  const before = stored.get(id)
  const after = before && changed(before)
  if (after) stored.set(id, after)
  return after
}

function connectionsIn(stored: Stored, now: Clock): Connections {
  const ofAccount = (accountId: string) =>
    [...stored.values()].filter((connection) => connection.accountId === accountId)
  const changeOwn = (
    { id, accountId }: Connection,
    changed: (connection: Connection) => Connection,
  ) =>
    change(stored, id, (connection) =>
      connection.accountId === accountId ? changed(connection) : undefined,
    )
  return {
    create: async (connection) => {
      const id = randomInt(1, 2 ** 31)
      const created: Connection = {
        ...FORGOTTEN,
        ...connection,
        id,
        status: 'pending',
        generation: 0,
        createdAt: now(),
      }
      stored.set(id, created)
      return created
    },
    read: async (accountId, id) => ofAccount(accountId).find((connection) => connection.id === id),
    list: async (accountId, { page, pageSize, ascending }) => {
      const sign = ascending ? 1 : -1
      const sorted = ofAccount(accountId).toSorted((a, b) => sign * (a.id - b.id))
      const wanted = sorted.slice((page - 1) * pageSize, page * pageSize)
      return wanted.map((connection) => ({ ...connection, tokenSet: undefined }))
    },
    names: async (accountId) => new Map(ofAccount(accountId).map(({ id, name }) => [id, name])),
    relabel: async (connection, labels) =>
      changeOwn(connection, (before) => ({ ...before, ...labels })),
    setResource: async (connection, resource) =>
      changeOwn(connection, (before) =>
        before.resource === resource
          ? before
          : { ...before, ...FORGOTTEN, resource, status: 'pending' },
      ),
    disconnect: async (connection) =>
      changeOwn(connection, (before) => ({ ...before, ...FORGOTTEN, status: 'disconnected' })),
    remove: async ({ id, accountId }) =>
      stored.get(id)?.accountId === accountId && stored.delete(id),
  }
}

function tokenSetsIn(stored: Stored): TokenSets {
  const changeCurrent = (
    { connectionId, expectedGeneration }: { connectionId: number; expectedGeneration: number },
    changed: (connection: Connection) => Connection | undefined,
  ): boolean => {
    const after = change(stored, connectionId, (connection) =>
      connection.generation === expectedGeneration ? changed(connection) : undefined,
    )
    return after !== undefined
  }
  return {
    read: async (connectionId) => stored.get(connectionId),
    connect: async ({ connectionId, expectedGeneration, at, ...signedIn }) =>
      changeCurrent({ connectionId, expectedGeneration }, (before) =>
        before.resource === signedIn.resource
          ? {
              ...before,
              ...signedIn,
              status: 'connected',
              generation: before.generation + 1,
              reason: undefined,
              failure: undefined,
              connectedAt: at,
              refreshedAt: undefined,
            }
          : undefined,
      ),
    replace: async ({ tokenSet, nextRefreshAt, ...expected }) =>
      changeCurrent(expected, (before) =>
        ifConnected(before, {
          tokenSet,
          nextRefreshAt,
          generation: before.generation + 1,
          failure: undefined,
          refreshedAt: tokenSet.obtainedAt,
        }),
      ),
    postpone: async ({ failure, nextRefreshAt, ...expected }) =>
      changeCurrent(expected, (before) => ifConnected(before, { failure, nextRefreshAt })),
    requireReauthorization: async ({ reason, ...expected }) =>
      changeCurrent(expected, (before) =>
        ifConnected(before, {
          status: 'reauthorization_required',
          reason,
          nextRefreshAt: undefined,
          failure: undefined,
        }),
      ),
  }
}

function ifConnected(connection: Connection, changes: Partial<Connection>): Connection | undefined {
  return connection.status === 'connected' ? { ...connection, ...changes } : undefined
}

function dueConnectionsIn(stored: Stored, shards: number): DueConnections {
  return {
    due: async (shard, until, limit) =>
      [...stored.values()]
        .flatMap(({ id, nextRefreshAt }) => (nextRefreshAt ? [{ id, nextRefreshAt }] : []))
        .filter(({ id, nextRefreshAt }) => shardOf(id, shards) === shard && nextRefreshAt <= until)
        .toSorted((a, b) => a.nextRefreshAt.getTime() - b.nextRefreshAt.getTime())
        .slice(0, limit)
        .map(({ id }) => id),
  }
}
