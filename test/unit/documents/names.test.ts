import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DNS_TARGET_OUTPUT } from '../../../infra/custom-domain.ts'
import { readLocalSettings } from '../../../infra/local/local-settings.ts'
import { OUTPUT } from '../../../infra/outputs.ts'
import { readServiceSettings } from '../../../infra/settings.ts'
import manifest from '../../../package.json' with { type: 'json' }
import { pages, proseOf, textOf } from '../../support/documents.ts'

const documents = pages().map((page) => [page, textOf(page)] as const)

/** The first groups of every match, each once. */
function found(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))]
}

test('there are documents to look at', () => {
  expect(pages()).toContain('README.md')
  expect(pages()).toContain('infra/RUNBOOK.md')
  expect(pages()).not.toContain('node_modules/vitest/README.md')
})

describe.each(documents)('what %s names is there', (page, text) => {
  test('commands of the package', () => {
    const commands = found(text, /npm run ([\w:]+)/g)
    expect(commands.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  test('options of the commands', () => {
    const calls = [...text.matchAll(/npm run ([\w:]+) -- ([^`\n|]+)/g)]
    const strays = calls.flatMap(([, script = '', options = '']) =>
      found(options, /--([\w-]+)/g)
        .filter((option) => !takes(script, option))
        .map((option) => `${script} --${option}`),
    )
    expect(strays).toEqual([])
  })

  test('files of the repository', () => {
    const paths = found(
      text,
      /(?<![\w./-])((?:infra|functions|test)\/[\w./-]*\w\.(?:ts|md|json))\b/g,
    )
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })

  test('pages, and their articles', () => {
    const links = found(proseOf(page), /\]\(((?!https?:|mailto:)[^)\s]+)\)/g)
    expect(links.filter((link) => !isThere(page, link))).toEqual([])
  })

  test('settings and names of the code', () => {
    const named = [...text.matchAll(/`([A-Z_]{4,})` in `([\w./-]+)`/g)]
    const strays = named.filter(
      ([, name, path]) => !new RegExp(`\\b${name}\\b`).test(sourceOf(path ?? '')),
    )
    expect(strays.map(([words]) => words)).toEqual([])
  })

  test('outputs of the stack', () => {
    const inWords = found(text, /\boutputs? `(\w+)`/g)
    const inCommands = found(text, /<([A-Z]\w+(?:Arn|Name))>/g)
    const known: readonly string[] = [...Object.values(OUTPUT), DNS_TARGET_OUTPUT]
    expect([...inWords, ...inCommands].filter((name) => !known.includes(name))).toEqual([])
  })
})

describe('one table of the documents', () => {
  test('has every setting of a deployment, and no other', () => {
    const names = namesRead((context) => readServiceSettings(context))
    expect(namesInTable('Setting (`cdk.json` or `--context`)')).toEqual(names)
  })

  test('has every variable of the local stage, and no other', () => {
    const names = namesRead((env) => readLocalSettings(env))
    expect(namesInTable('Variable | What `npm start` does with it')).toEqual(names)
  })
})

/** Which names a function reads of what it is given, sorted. */
function namesRead(read: (given: Readonly<Record<string, string>>) => unknown): readonly string[] {
  const names = new Set<string>()
  const note = (_: object, name: string | symbol) => {
    names.add(String(name))
    return undefined
  }
  read(new Proxy({}, { get: note }))
  return [...names].toSorted()
}

/** The names in the first cells of the one table whose first columns are headed so, sorted. */
function namesInTable(heading: string): readonly string[] {
  const tables = documents.flatMap(([, text]) =>
    text.split('\n\n').filter((part) => part.startsWith(`| ${heading} |`)),
  )
  expect(tables).toHaveLength(1)
  const [, , ...rows] = tables[0]?.trim().split('\n') ?? []
  return rows.flatMap((row) => found(row.split('|')[1] ?? '', /`(\w+)`/g)).toSorted()
}

/** Whether the program of a script knows the option; what is left over of `deploy` and `destroy` is CDK's. */
function takes(script: string, option: string): boolean {
  const command: string = manifest.scripts[script as keyof typeof manifest.scripts] ?? ''
  const [, program] = /^node (\S+)$/.exec(command) ?? []
  if (program === undefined || option === 'context') return true
  const source = sourceOf(program)
  return ['deploy', 'destroy'].includes(script)
    ? source.includes(`'--${option}'`)
    : new RegExp(`\\b${option}'?: \\{ type|'?--${option}\\b`).test(source)
}

/** Whether a link of a page leads to a file of the repository, and to a heading where it names one. */
function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), path))
  return existsSync(file) && (anchor === undefined || anchorsOf(file).includes(anchor))
}

/** The anchors of a page's headings, as GitHub makes them: the second of the same words ends in -1. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return headings.map((anchor, index) => {
    const before = headings.slice(0, index).filter((other) => other === anchor).length
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

function sourceOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
