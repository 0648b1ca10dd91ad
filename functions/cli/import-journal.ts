import { createHmac } from 'node:crypto'
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises'
import { isObject } from '../client/json.ts'
import { CommandFailed } from './command-error.ts'
import { type ImportLine, identityOf } from './import-line.ts'
import { PRIVATE_MODE } from './private-file.ts'
import { isMissing } from './stored-login.ts'

/** What is known of an import that was begun before: ids and digests, never a token. */
export interface Journal {
  /** The connection of a line that was imported as it stands. */
  importedAs(line: ImportLine): number | undefined
  /** The connection that was made for the line. */
  madeFor(line: ImportLine): number | undefined
  /** When making a connection for the line was begun, in milliseconds, where it is not known how it ended. */
  begunAt(line: ImportLine): number | undefined
  /** About to make a connection for the line. */
  begin(line: ImportLine, at: number): Promise<void>
  made(line: ImportLine, connectionId: number): Promise<void>
  /** The service refused to make it. */
  notMade(line: ImportLine): Promise<void>
  imported(line: ImportLine, connectionId: number): Promise<void>
  close(): Promise<void>
}

/** Whose import it is. */
export interface JournalOwner {
  /** The service's address. */
  readonly service: string
  /** Digests are made with it: who has the journal alone cannot even try out a token against it. */
  readonly clientSecret: string
}

interface Entries {
  readonly imported: Map<string, number>
  readonly made: Map<string, number>
  readonly begun: Map<string, number>
}

/** Where the journal of a file is. */
export function journalPath(file: string): string {
  return `${file}.progress`
}

/** Goes on with the journal of a file, or begins one. @throws CommandFailed when it is of something else */
export async function openJournal(file: string, owner: JournalOwner): Promise<Journal> {
  const path = journalPath(file)
  const { entries, wholeBytes } = await readEntries(path, owner)
  const handle = await open(path, 'a', PRIVATE_MODE)
  await handle.chmod(PRIVATE_MODE)
  // A run that was killed may have left half a line.
  await truncate(path, wholeBytes)
  if (wholeBytes === 0) await append(handle, headOf(owner))
  return journalOn(entries, owner, handle)
}

/** The same, to be looked at only: nothing is written. */
export async function readJournal(file: string, owner: JournalOwner): Promise<Journal> {
  const { entries } = await readEntries(journalPath(file), owner)
  return journalOn(entries, owner, undefined)
}

function journalOn(
  { imported, made, begun }: Entries,
  owner: JournalOwner,
  handle: FileHandle | undefined,
): Journal {
  const { ofLine, ofIdentity } = digests(owner)
  const note = async (entry: Readonly<Record<string, unknown>>) => {
    if (handle) await append(handle, entry)
  }
  return {
    importedAs: (line) => imported.get(ofLine(line)),
    madeFor: (line) => made.get(ofIdentity(line)),
    begunAt: (line) => begun.get(ofIdentity(line)),
    begin: async (line, at) => {
      begun.set(ofIdentity(line), at)
      await note({ Begun: ofIdentity(line), At: at })
    },
    made: async (line, ConnectionId) => {
      made.set(ofIdentity(line), ConnectionId)
      await note({ Made: ofIdentity(line), ConnectionId })
    },
    notMade: async (line) => {
      begun.delete(ofIdentity(line))
      await note({ NotMade: ofIdentity(line) })
    },
    imported: async (line, ConnectionId) => {
      imported.set(ofLine(line), ConnectionId)
      await note({ Imported: ofLine(line), ConnectionId })
    },
    close: async () => handle?.close(),
  }
}

const KIND = 'dynamics-connect import'

function headOf({ service }: JournalOwner) {
  return { Journal: KIND, Service: service }
}

async function append(handle: FileHandle, entry: Readonly<Record<string, unknown>>): Promise<void> {
  await handle.appendFile(`${JSON.stringify(entry)}\n`)
}

async function readEntries(
  path: string,
  owner: JournalOwner,
): Promise<{ readonly entries: Entries; readonly wholeBytes: number }> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    throw error
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const [head, ...rest] = whole.split('\n').filter(Boolean)
  if (head !== undefined) requireOwn(path, head, owner)
  return { entries: entriesOf(rest), wholeBytes: Buffer.byteLength(whole) }
}

function requireOwn(path: string, head: string, { service }: JournalOwner): void {
  const { Journal: kind, Service } = objectIn(head)
  if (kind === KIND && Service === service) return
  const whose = kind === KIND ? 'of an import to another service' : 'not the progress of an import'
  throw new CommandFailed(`${path} is ${whose}: move it away to begin anew`)
}

function entriesOf(lines: readonly string[]): Entries {
  const entries: Entries = { imported: new Map(), made: new Map(), begun: new Map() }
  for (const line of lines) {
    const { Imported, Made, NotMade, Begun, ConnectionId, At } = objectIn(line)
    if (typeof Imported === 'string') entries.imported.set(Imported, Number(ConnectionId))
    if (typeof Made === 'string') entries.made.set(Made, Number(ConnectionId))
    if (typeof Begun === 'string') entries.begun.set(Begun, Number(At))
    if (typeof NotMade === 'string') entries.begun.delete(NotMade)
  }
  return entries
}

function objectIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(line)
    return isObject(json) ? json : {}
  } catch {
    return {}
  }
}

/** A digest of a whole line knows it again as it stands; one of its identity also with another token. */
function digests({ clientSecret }: JournalOwner) {
  const digest = (label: string, text: string) =>
    createHmac('sha256', clientSecret).update(`${KIND} ${label}\n${text}`).digest('base64url')
  return {
    ofIdentity: (line: ImportLine) => digest('identity', identityOf(line)),
    ofLine: (line: ImportLine) =>
      digest('line', JSON.stringify([identityOf(line), line.resource, line.refreshToken])),
  }
}
