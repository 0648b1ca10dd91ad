import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, '../..')

/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** Of its first line, counted from one. */
  readonly line: number
  readonly language: string
  /** Without the indentation that a list gives it. */
  readonly text: string
  /** The test file that a comment above it names: `<!-- runs in … -->`. */
  readonly runsIn: string | undefined
}

const SHELLS = ['bash', 'sh', 'console']

const MARKER = /^\s*<!-- runs in (\S+) -->$/

const FENCE = /^(?<indent>\s*)```(?<language>\S*)$/

/** Every Markdown file of the repository, by its path from the root. */
export function pages(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
  return listed.trim().split('\n').toSorted()
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** The fenced blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const lines = textOf(page).split('\n')
  const fences = lines.flatMap((line, index) => (FENCE.test(line) ? [index] : []))
  return fences.flatMap((open, position) => {
    const close = fences[position + 1]
    if (position % 2 === 1 || close === undefined) return []
    const { indent = '', language = '' } = FENCE.exec(lines[open] ?? '')?.groups ?? {}
    const text = lines
      .slice(open + 1, close)
      .map((line) => line.slice(indent.length))
      .join('\n')
    const [, runsIn] = MARKER.exec(lines[open - 1] ?? '') ?? []
    return [{ page, line: open + 2, language, text, runsIn }]
  })
}

/** The blocks of every page that are meant for a shell. */
export function shellBlocks(): readonly Block[] {
  return pages()
    .flatMap(blocksOf)
    .filter(({ language }) => SHELLS.includes(language))
}

/** The text of a page without its fenced blocks. */
export function proseOf(page: string): string {
  return textOf(page).replaceAll(/^\s*```\S*\n.*?^\s*```$/gms, '')
}

/**
 * The commands of the one block of a page that begins with these words, to be run as they stand.
 * @throws Error when the page has no such block, or several.
 */
export function documented(page: string, begins: string): string {
  const found = blocksOf(page).filter(({ text }) => text.startsWith(begins))
  const [block] = found
  if (block !== undefined && found.length === 1) return block.text
  throw new Error(`${page} has ${found.length} blocks that begin with "${begins}", not one`)
}

/**
 * Puts this run's own in the place of what a page can only give an example of.
 * @throws Error when an example is not there, so that it was renamed in the page.
 */
export function replaced(commands: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((text, [example, own]) => {
    if (!text.includes(example)) throw new Error(`no "${example}" to replace in:\n${commands}`)
    return text.replaceAll(example, () => own)
  }, commands)
}
