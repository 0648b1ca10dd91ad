import { randomInt } from 'node:crypto'
import type { Clock } from '../../functions/domain/clock.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import { type CountConnections, waitingTally } from '../../functions/domain/connection-counts.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import { dueBucketOf } from '../../functions/domain/due-bucket.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'
import type { DueConnections, TokenSets } from '../../functions/domain/token-sets.ts'

/** The ports to one store of connections. */
export interface ConnectionStore {
  readonly connections: Connections
  readonly tokenSets: TokenSets
  readonly dueConnections: DueConnections
  readonly countConnections: CountConnections
}

export interface MemoryConnectionStore extends ConnectionStore {
  /** Makes one connection's item unreadable, as one that a later version wrote. */
  corrupt(connectionId: number): void
  /** Makes it readable again. */
  mend(connectionId: number): void
}

type Stored = Map<number, Connection>

/** @param newId gives the id of each connection that is created; random unless given */
export function memoryConnectionStore(
  now: Clock,
  newId: () => number = () => randomInt(1, 2 ** 31),
): MemoryConnectionStore {
  const stored: Stored = new Map()
  const corrupted = new Set<number>()
  const tokenSets = tokenSetsIn(stored)
  return {
    connections: connectionsIn(stored, { now, newId }),
    tokenSets: {
      ...tokenSets,
      read: async (connectionId) => {
        if (!corrupted.has(connectionId)) return tokenSets.read(connectionId)
        throw new ServiceError('a later version wrote it', { code: 'item_malformed' })
      },
    },
    dueConnections: dueConnectionsIn(stored),
    countConnections: countConnectionsIn(stored),
    corrupt: (connectionId) => {
      corrupted.add(connectionId)
    },
    mend: (connectionId) => {
      corrupted.delete(connectionId)
    },
  }
}

/** What is left of a connection whose grant is forgotten. */
const FORGOTTEN = {
  reason: undefined,
  claims: undefined,
  tokenSet: undefined,
  authority: undefined,
  user: undefined,
  environment: undefined,
  connectedAt: undefined,
  connectedBy: undefined,
  refreshedAt: undefined,
  nextRefreshAt: undefined,
  hotUntil: undefined,
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

function connectionsIn(
  stored: Stored,
  { now, newId }: { readonly now: Clock; readonly newId: () => number },
): Connections {
  const ofAccount = (accountId: string) =>
    [...stored.values()].filter((connection) => connection.accountId === accountId)
  const changeOwn = (
    { id, accountId }: Pick<Connection, 'id' | 'accountId'>,
    changed: (connection: Connection) => Connection,
  ) =>
    change(stored, id, (connection) =>
      connection.accountId === accountId ? changed(connection) : undefined,
    )
  return {
    create: async (connection) => {
      const id = newId()
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
    connect: async ({ connectionId, expectedGeneration, at, bringsResource, ...signedIn }) =>
      changeCurrent({ connectionId, expectedGeneration }, (before) =>
        before.resource === signedIn.resource || (bringsResource && before.resource === undefined)
          ? {
              ...before,
              ...signedIn,
              ...NO_TROUBLE,
              status: 'connected',
              generation: before.generation + 1,
              connectedAt: at,
              refreshedAt: undefined,
            }
          : undefined,
      ),
    replace: async ({ tokenSet, nextRefreshAt, hotUntil, ...expected }) =>
      changeCurrent(expected, (before) =>
        ifConnected(before, {
          ...NO_TROUBLE,
          tokenSet,
          nextRefreshAt,
          hotUntil,
          generation: before.generation + 1,
          refreshedAt: tokenSet.obtainedAt,
        }),
      ),
    postpone: async ({ connectionId, expectedGeneration, ...noted }) =>
      changeCurrent({ connectionId, expectedGeneration }, (before) => ifConnected(before, noted)),
    requireReauthorization: async ({ reason, claims, ...expected }) =>
      changeCurrent(expected, (before) =>
        ifConnected(before, {
          ...NO_TROUBLE,
          status: 'reauthorization_required',
          reason,
          claims,
          nextRefreshAt: undefined,
          hotUntil: undefined,
        }),
      ),
  }
}

const NO_TROUBLE = { reason: undefined, claims: undefined, failure: undefined } as const

function ifConnected(connection: Connection, changes: Partial<Connection>): Connection | undefined {
  return connection.status === 'connected' ? { ...connection, ...changes } : undefined
}

function dueConnectionsIn(stored: Stored): DueConnections {
  return {
    due: async function* (bucket, until) {
      const due = [...stored.values()]
        .flatMap(({ id, nextRefreshAt }) =>
          nextRefreshAt ? [{ connectionId: id, dueSince: nextRefreshAt }] : [],
        )
        .filter(({ dueSince }) => dueSince <= until)
        .filter(({ connectionId }) => dueBucketOf(connectionId) === bucket)
      yield* due.toSorted((a, b) => a.dueSince.getTime() - b.dueSince.getTime())
    },
    setAside: async (connectionId, until) => {
      change(
        stored,
        connectionId,
        (connection) => connection.nextRefreshAt && { ...connection, nextRefreshAt: until },
      )
    },
  }
}

function countConnectionsIn(stored: Stored): CountConnections {
  return async () => {
    const counts = { pending: 0, connected: 0, reauthorization_required: 0, disconnected: 0 }
    const tally = waitingTally()
    for (const { status, reason } of stored.values()) {
      counts[status] += 1
      if (reason) tally.add(reason)
    }
    return { counts, waiting: tally.sum() }
  }
}
