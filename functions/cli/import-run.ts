import {
  ClientRejected,
  DynamicsConnectError,
  type Reason,
  Unavailable,
  UnexpectedAnswer,
} from '../client/errors.ts'
import type { Context } from './context.ts'
import {
  connectionFor,
  type ImportDependencies,
  importConnection,
  LineRefused,
} from './import-connection.ts'
import { importLines } from './import-file.ts'
import type { ImportLine } from './import-line.ts'
import { inParallel } from './in-parallel.ts'
import { patiently } from './patience.ts'
import { lineOf } from './problem.ts'

/** A line that was refused: somebody has to act before it can be imported. */
export interface RefusedLine {
  readonly line: ImportLine
  readonly code: string
  readonly who: Reason['who'] | undefined
  /** What happened and what to do. */
  readonly message: string
}

/** How far an import came. */
export interface ImportTally {
  imported: number
  made: number
  alreadyImported: number
  readonly refused: RefusedLine[]
}

/** What is to be imported, and how. */
export interface ImportOrder {
  readonly path: string
  /** How many lines the file has. */
  readonly lines: number
  readonly concurrency: number
}

/** How often whoever waits is told, in lines, where no terminal shows it all the time. */
const TELL_EVERY = 100

/**
 * Imports what is not imported yet. A line that is refused stops no other.
 * @param tally is filled as it goes, and right whatever ends it
 * @throws what stops all lines alike: the service cannot answer, or does not know the client any more
 */
export async function runImport(
  context: Context,
  deps: ImportDependencies,
  { order, tally }: { readonly order: ImportOrder; readonly tally: ImportTally },
): Promise<void> {
  const { path, lines, concurrency } = order
  const { terminal, surroundings } = context
  const sharing = { concurrency, stop: surroundings.interrupted }
  await inParallel(importLines(path), sharing, async (line) => {
    await importOne(context, deps, { line, tally })
    const { imported, alreadyImported, refused } = tally
    const seen = imported + alreadyImported + refused.length
    const isTold = surroundings.stderr.isTTY || seen % TELL_EVERY === 0 || seen === lines
    if (isTold) terminal.progress(`${seen} of ${lines} lines, ${refused.length} refused`)
  })
}

async function importOne(
  context: Context,
  deps: ImportDependencies,
  { line, tally }: { readonly line: ImportLine; readonly tally: ImportTally },
): Promise<void> {
  if (deps.journal.importedAs(line) !== undefined) {
    tally.alreadyImported += 1
    return
  }
  try {
    const { isNew } = await patiently(context, () => importConnection(deps, line))
    tally.imported += 1
    if (isNew) tally.made += 1
  } catch (error) {
    tally.refused.push(refusalOf(line, error))
  }
}

/** What would become of a line. */
export interface PlannedLine {
  readonly line: ImportLine
  readonly what: 'make and import' | 'import' | 'already imported' | 'cannot be imported'
  readonly connectionId: number | undefined
  readonly message: string | undefined
}

/** Says what an import would do, in the order of the file; it changes nothing. */
export async function planImport(
  context: Context,
  deps: ImportDependencies,
  { path, concurrency }: ImportOrder,
): Promise<readonly PlannedLine[]> {
  const planned: PlannedLine[] = []
  const sharing = { concurrency, stop: context.surroundings.interrupted }
  await inParallel(importLines(path), sharing, async (line) => {
    planned.push(await plan(context, deps, line))
  })
  return planned.sort((one, other) => one.line.number - other.line.number)
}

async function plan(
  context: Context,
  deps: ImportDependencies,
  line: ImportLine,
): Promise<PlannedLine> {
  const connectionId = deps.journal.importedAs(line)
  const message = undefined
  if (connectionId !== undefined) {
    return { line, what: 'already imported', connectionId, message }
  }
  try {
    const found = await patiently(context, () => connectionFor(deps, line))
    return { line, what: found ? 'import' : 'make and import', connectionId: found?.id, message }
  } catch (error) {
    const refused = refusalOf(line, error)
    return { line, what: 'cannot be imported', connectionId, message: refused.message }
  }
}

/** @throws what is not about this line alone */
function refusalOf(line: ImportLine, error: unknown): RefusedLine {
  if (error instanceof LineRefused) {
    return { line, code: 'line_refused', who: 'application_owner', message: error.message }
  }
  if (!(error instanceof DynamicsConnectError) || stopsAll(error)) throw error
  const { code, reason } = error
  return { line, code: reason?.code ?? code, who: reason?.who, message: lineOf(error) }
}

function stopsAll(error: DynamicsConnectError): boolean {
  return (
    error instanceof Unavailable ||
    error instanceof UnexpectedAnswer ||
    error instanceof ClientRejected
  )
}
