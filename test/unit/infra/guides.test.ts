import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }

/** What whoever runs the service reads. */
const GUIDES = ['README.md', ...globSync('infra/*.md'), 'functions/events/README.md']

const guides = GUIDES.map((path) => [path, readFileSync(path, 'utf8')] as const)

/** The first groups of every match. */
function found(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '')
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): readonly string[] {
  const headings = found(readFileSync(path, 'utf8'), /^#+ (.+)$/gm)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Whether a link of a page leads to a file of the repository, and to a heading where it names one. */
function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), path))
  return existsSync(file) && (anchor === undefined || anchorsOf(file).includes(anchor))
}

test('there are guides to look at', () => {
  expect(GUIDES).toContain('infra/RUNBOOK.md')
  expect(GUIDES).toContain('infra/RESTORE.md')
  expect(GUIDES).toContain('infra/COST.md')
})

describe.each(guides)('what %s names is there', (page, text) => {
  test('commands of the package', () => {
    const commands = found(text, /npm run ([\w:]+)/g)
    expect(commands.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  test('files of the repository', () => {
    const paths = found(
      text,
      /(?<![\w./-])((?:infra|functions|test)\/[\w./-]*\w\.(?:ts|md|json))\b/g,
    )
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })

  test('pages, and their articles', () => {
    const links = found(text, /\]\(((?!https?:|mailto:)[^)\s]+)\)/g)
    expect(links.filter((link) => !isThere(page, link))).toEqual([])
  })

  test('settings and names of the code', () => {
    const named = [...text.matchAll(/`([A-Z_]{4,})` in `([\w./-]+)`/g)]
    const strays = named.filter(
      ([, name, path]) => !new RegExp(`\\b${name}\\b`).test(sourceOf(path ?? '')),
    )
    expect(strays.map(([words]) => words)).toEqual([])
  })
})

function sourceOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
