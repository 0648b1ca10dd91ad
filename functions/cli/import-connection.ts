import type { Connection } from '../client/connection.ts'
import type { ConnectionsClient } from '../client/connections.ts'
import { DynamicsConnectError, NotFound, Unavailable, UnexpectedAnswer } from '../client/errors.ts'
import { CommandFailed, unlessInterrupted } from './command-error.ts'
import type { Journal } from './import-journal.ts'
import type { ImportLine } from './import-line.ts'
import type { Surroundings } from './surroundings.ts'

/** What an import works with. */
export interface ImportDependencies {
  readonly connections: ConnectionsClient
  readonly journal: Journal
  readonly surroundings: Pick<Surroundings, 'now' | 'wait' | 'interrupted'>
}

/** A line that cannot be imported, whoever tries: the message says why. */
export class LineRefused extends CommandFailed {}

/**
 * Longer than the service works on one request, and than its lists take to show what was made: after that, a
 * connection that is not listed was not made.
 */
export const SETTLED_MS = 35 * 1000

/**
 * The connection that a line is for, of those that the account has; `undefined` where one has to be made. After a
 * run that was killed while it made one, it first waits until it can be known.
 * @throws LineRefused when it is not clear, or would take an environment away
 */
export async function connectionFor(
  deps: ImportDependencies,
  line: ImportLine,
): Promise<Connection | undefined> {
  const found = (await madeBefore(deps, line)) ?? (await listed(deps, line))
  if (found) requireFitting(found, line)
  return found
}

/** Imports a line. @returns the connection, and whether it was made for it. */
export async function importConnection(
  deps: ImportDependencies,
  line: ImportLine,
): Promise<{ readonly id: number; readonly isNew: boolean }> {
  const { connections, journal } = deps
  const { accountId, resource, refreshToken } = line
  const found = await connectionFor(deps, line)
  const id = found?.id ?? (await make(deps, line))
  if (found && found.resource !== resource) {
    await connections.setResource(id, { accountId, resource })
  }
  await connections.importTokens(id, { refreshToken }, { accountId })
  await journal.imported(line, id)
  return { id, isNew: found === undefined }
}

async function make(deps: ImportDependencies, line: ImportLine): Promise<number> {
  const { connections, journal, surroundings } = deps
  const { accountId, name, resource } = line
  await journal.begin(line, surroundings.now())
  try {
    const { id } = await connections.create({ accountId, name, resource })
    await journal.made(line, id)
    return id
  } catch (error) {
    if (isRefusal(error)) await journal.notMade(line)
    throw error
  }
}

/** Whether the service itself said no: nothing was made. */
function isRefusal(error: unknown): boolean {
  const isUnclear = error instanceof Unavailable || error instanceof UnexpectedAnswer
  return error instanceof DynamicsConnectError && !isUnclear
}

async function madeBefore(
  { connections, journal }: ImportDependencies,
  line: ImportLine,
): Promise<Connection | undefined> {
  const id = journal.madeFor(line)
  if (id === undefined) return undefined
  try {
    return await connections.get(id, { accountId: line.accountId })
  } catch (error) {
    // Deleted since.
    if (error instanceof NotFound) return undefined
    throw error
  }
}

async function listed(
  { connections, journal, surroundings }: ImportDependencies,
  line: ImportLine,
): Promise<Connection | undefined> {
  const { now, wait, interrupted } = surroundings
  const begunAt = journal.begunAt(line)
  const isOpen = begunAt !== undefined && journal.madeFor(line) === undefined
  const restMs = isOpen ? begunAt + SETTLED_MS - now() : 0
  // A clock that was set back asks for no longer wait than that.
  if (restMs > 0) await unlessInterrupted(interrupted, wait(Math.min(restMs, SETTLED_MS)))
  const matching: Connection[] = []
  for await (const connection of connections.all({ accountId: line.accountId })) {
    const isIt =
      line.name === undefined
        ? connection.resource === line.resource
        : connection.name === line.name
    if (isIt) matching.push(connection)
  }
  const [found, another] = matching
  if (another === undefined) return found
  const ids = matching.map(({ id }) => id).join(', ')
  throw new LineRefused(`several connections are meant (${ids}): give each a Name of its own`)
}

/** Another environment would make a working connection forget its tokens. */
function requireFitting(found: Connection, { resource }: ImportLine): void {
  const isElsewhere = found.resource !== undefined && found.resource !== resource
  if (found.status !== 'connected' || !isElsewhere) return
  throw new LineRefused(
    `connection ${found.id} is connected to ${found.resource}: disconnect it first, or give the line another Name`,
  )
}
