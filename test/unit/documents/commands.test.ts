import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { type Block, documented, shellBlocks } from '../../support/documents.ts'

/** Blocks that nothing here can run, by their page and how they begin, and why. */
const CANNOT_RUN: readonly (readonly [page: string, begins: string, why: string])[] = [
  ['infra/DEPLOYING.md', 'cat > permissions.json', 'registers an app: needs a Microsoft account'],
  ['infra/RUNBOOK.md', 'AZURE_CONFIG_DIR=', 'signs in by the Azure CLI: needs a Microsoft account'],
]

/** Scripts of package.json that CI does not run, and why. */
const NOT_IN_CI: Readonly<Record<string, string>> = {
  bench: 'measures, and passes or fails nothing',
  'bench:refresh': 'measures',
  'bench:load': 'measures',
}

/** A block is run by a test that takes it by `documented(page, begins)`. */
const TAKES = /\bdocumented\(\s*'([^']+)',\s*'([^']+)',?\s*\)/g

interface Taken {
  readonly by: string
  readonly page: string
  readonly text: string
}

const taken: readonly Taken[] = globSync('test/**/*.ts', { exclude: ['**/node_modules'] })
  .filter((file) => !file.startsWith('test/unit/documents/'))
  .flatMap((by) =>
    [...readFileSync(by, 'utf8').matchAll(TAKES)].map(([, page = '', begins = '']) => ({
      by,
      page,
      text: documented(page, begins),
    })),
  )

const CI = readFileSync('.ci/run', 'utf8')

const named = shellBlocks().map((block) => [`${block.page}:${block.line}`, block] as const)

describe('every block of commands', () => {
  test('is looked at', () => {
    expect(named.length).toBeGreaterThan(20)
  })

  test.each(named)('%s is run, or cannot be', (_, block) => {
    const isTaken = takersOf(block).length > 0
    const cannot = CANNOT_RUN.some(([page, begins]) => isBlock(block, page, begins))
    expect([isTaken, cannot, isOfTiers(block)].filter(Boolean), block.text).toHaveLength(1)
  })

  test.each(named.filter(([, { runsIn }]) => runsIn !== undefined))(
    '%s is run by the test that it names',
    (_, block) => {
      const { runsIn = '' } = block
      const source = readFileSync(runsIn, 'utf8')
      const isIt = (by: string) => by === runsIn || source.includes(`/${basename(by)}'`)
      expect(takersOf(block).filter(isIt)).not.toEqual([])
    },
  )

  test.each(CANNOT_RUN)('of those that cannot run, one of %s begins with %s', (page, begins) => {
    expect(documented(page, begins)).not.toBe('')
  })
})

/** The test files that take the block. */
function takersOf({ page, text }: Block): readonly string[] {
  return taken.filter((one) => one.page === page && one.text === text).map(({ by }) => by)
}

function isBlock({ page, text }: Block, inPage: string, begins: string): boolean {
  return page === inPage && text.startsWith(begins)
}

/** Whether all of its lines are commands that CI runs as one of its steps, or says why it does not. */
function isOfTiers({ text }: Block): boolean {
  return commandsIn(text).every((command) => {
    const [, script] = /^npm (?:run )?([\w:-]+)/.exec(command) ?? []
    if (command === 'npm ci' || command.startsWith('npx cdk synth')) return inCi(command)
    if (script !== undefined) return isTier(script)
    return isVitestOfCi(command) || isScriptOfCi(command)
  })
}

/** Without comments and without the variables that a command is given; a continued line is one. */
function commandsIn(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) =>
      line
        .replace(/(^|\s)#.*$/, '')
        .replace(/^(\w+=\S* )+/, '')
        .trim(),
    )
    .filter((line) => line !== '')
}

/** A script that CI runs, or that one of those runs; or that measures. */
function isTier(script: string): boolean {
  if (script in NOT_IN_CI) return script in manifest.scripts
  if (script === 'start' || script === 'test') return inCi(`npm ${script}`)
  if (manifest.scripts.test.includes(`npm run ${script} `)) return inCi('npm test')
  return script.startsWith('test:') && inCi(`npm run ${script}`)
}

function inCi(command: string): boolean {
  return new RegExp(`^[^#\\n]*\\b${command}\\b`, 'm').test(CI)
}

/** A project of vitest that `npm test` or a tier of CI runs. */
function isVitestOfCi(command: string): boolean {
  const [, project] = /^npx vitest run --project (\w+)/.exec(command) ?? []
  if (project === undefined) return false
  const scripts = Object.entries<string>(manifest.scripts)
  return scripts.some(([name, runs]) => isTier(name) && runs.includes(`--project ${project}`))
}

/** A program that is a tier of CI, called by its file. */
function isScriptOfCi(command: string): boolean {
  const [program, file] = command.split(' ')
  if (program !== 'node' || file === undefined || !existsSync(file)) return false
  const scripts = Object.entries<string>(manifest.scripts)
  return scripts.some(([name, runs]) => isTier(name) && runs === `node ${file}`)
}
