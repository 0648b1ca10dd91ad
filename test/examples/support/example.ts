import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the examples are that a vendor copies. */
export const EXAMPLES = join(import.meta.dirname, '../../../functions/client/examples')

/** One example, and what the comment at its head says. */
export interface Example {
  readonly file: string
  readonly lines: readonly string[]
  /** The comment's lines, without its marks. */
  readonly head: readonly string[]
  readonly install: string
  /** The command that runs it, in its own folder. */
  readonly run: string
}

/** Reads an example and its head comment. @throws Error when the comment does not say how to run it. */
export function readExample(file: string): Example {
  const lines = readFileSync(join(EXAMPLES, file), 'utf8').trimEnd().split('\n')
  const end = lines.findIndex((line) => !/^(\/\/|#) /.test(line))
  const head = lines.slice(0, end).map((line) => line.replace(/^(\/\/|#) /, ''))
  const said = (word: string) => {
    const [, text] = new RegExp(`(?:^| )${word}: (.+)$`, 'm').exec(head.join('\n')) ?? []
    if (text === undefined) throw new Error(`the head comment of ${file} lacks "${word}: …"`)
    return text
  }
  return { file, lines, head, install: said('Install'), run: said('Run') }
}
