import { open } from 'node:fs/promises'
import { CommandFailed, UsageError } from './command-error.ts'
import { type ImportLine, identityOf, readImportLine } from './import-line.ts'
import { isMissing } from './stored-login.ts'

/** A line that is wrong. */
export interface WrongLine {
  readonly number: number
  readonly why: string
}

/** What a look through the whole file found. */
export interface CheckedFile {
  readonly lines: number
  readonly wrong: readonly WrongLine[]
}

const BYTE_ORDER_MARK = '\ufeff'

/** The lines of the file that hold something, one after the other. */
async function* textLines(path: string): AsyncGenerator<readonly [string, number]> {
  const file = await open(path).catch((error: unknown) => {
    if (isMissing(error)) throw new UsageError(`there is no file ${path}`)
    throw error
  })
  try {
    let number = 0
    for await (const text of file.readLines()) {
      number += 1
      const content = number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text
      if (content.trim() !== '') yield [content, number]
    }
  } finally {
    await file.close()
  }
}

/** Looks at every line, before anything is sent. @throws UsageError when there is no such file */
export async function checkFile(path: string): Promise<CheckedFile> {
  const wrong: WrongLine[] = []
  const clash = clashes()
  let lines = 0
  for await (const [text, number] of textLines(path)) {
    lines += 1
    const read = readImportLine(text, number)
    if ('wrong' in read) wrong.push(...read.wrong.map((why) => ({ number, why })))
    else {
      const why = clash(read.line)
      if (why !== undefined) wrong.push({ number, why })
    }
  }
  return { lines, wrong }
}

/** The lines of a file that was checked. @throws CommandFailed when it has changed since */
export async function* importLines(path: string): AsyncGenerator<ImportLine> {
  for await (const [text, number] of textLines(path)) {
    const read = readImportLine(text, number)
    if ('wrong' in read) {
      throw new CommandFailed(`${path} was changed while it was imported: run this again`)
    }
    yield read.line
  }
}

/** Tells lines that could mean the same connection. */
function clashes(): (line: ImportLine) => string | undefined {
  const identities = new Map<string, number>()
  const environments = new Map<string, { readonly number: number; readonly isNamed: boolean }>()
  return (line) => {
    const { number, accountId, resource } = line
    const same = identities.get(identityOf(line))
    if (same !== undefined) return `it is the same connection as line ${same}`
    identities.set(identityOf(line), number)
    const environment = JSON.stringify([accountId, resource])
    const isNamed = line.name !== undefined
    const other = environments.get(environment)
    environments.set(environment, { number, isNamed: isNamed && (other?.isNamed ?? true) })
    const isUnclear = other !== undefined && !(isNamed && other.isNamed)
    return isUnclear
      ? `it has the AccountId and Resource of line ${other.number}: give both a Name`
      : undefined
  }
}
