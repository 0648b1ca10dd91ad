import type { Connection } from './connection.ts'
import type { Connections, NewConnection } from './connections.ts'
import { ServiceError } from './service-error.ts'

/**
 * Creates a connection. A name that the account uses already is refused; a default name gets a number
 * instead. Names are labels, not identities: two installs within the same second may share one.
 * @throws ServiceError `name_in_use`.
 */
export async function installConnection(
  deps: { readonly connections: Pick<Connections, 'create' | 'names'> },
  connection: NewConnection,
  defaultName: string,
): Promise<Connection> {
  const inUse = new Set((await deps.connections.names(connection.accountId)).values())
  if (connection.name !== undefined) requireUnused(connection.name, inUse)
  const name = connection.name ?? unusedName(defaultName, inUse)
  return deps.connections.create({ ...connection, name })
}

/**
 * Gives a connection another name or description.
 * @returns `undefined` when there is no such connection any more.
 * @throws ServiceError `name_in_use`.
 */
export async function relabelConnection(
  deps: { readonly connections: Connections },
  connection: Connection,
  labels: Parameters<Connections['relabel']>[1],
): Promise<Connection | undefined> {
  if (labels.name !== undefined) {
    const names = new Map(await deps.connections.names(connection.accountId))
    names.delete(connection.id)
    requireUnused(labels.name, new Set(names.values()))
  }
  return deps.connections.relabel(connection, labels)
}

function requireUnused(name: string, inUse: ReadonlySet<string>): void {
  if (inUse.has(name)) {
    throw new ServiceError(`account connector name ${name} is in use`, { code: 'name_in_use' })
  }
}

function unusedName(name: string, inUse: ReadonlySet<string>): string {
  if (!inUse.has(name)) return name
  for (let number = 2; ; number += 1) {
    const numbered = `${name} ${number}`
    if (!inUse.has(numbered)) return numbered
  }
}
