import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

interface Import {
  readonly from: string
  /** A file of the repository, or the name of a package. */
  readonly to: string
}

const FUNCTIONS = [
  'authorize',
  'callback',
  'refresh',
  'token',
  'api',
  'console',
  'events',
  'rotation',
]
const COMPOSITION_ROOTS = FUNCTIONS.map((name) => `functions/${name}/index.ts`)

/** Where the command line meets the process that it runs in. */
const COMMAND_LINE_ROOT = 'functions/cli/main.ts'

/** What the stack shares with the functions: names and shapes, never behaviour. */
const SHARED_WITH_INFRA = [
  'functions/config.ts',
  'functions/metric-names.ts',
  'functions/http/routes.ts',
  // What it writes beside the bundle that serves it.
  'functions/http/description/openapi.ts',
  'functions/adapters/table-schema.ts',
  'functions/adapters/state-write-filters.ts',
  'functions/domain/allowed-origin.ts',
  'functions/domain/brand.ts',
  'functions/domain/client-certificate.ts',
  'functions/domain/clouds.ts',
  'functions/domain/connection.ts',
  'functions/domain/credential-input.ts',
  'functions/domain/console-access.ts',
  'functions/domain/due-bucket.ts',
  'functions/domain/federation-commands.ts',
  'functions/domain/logo-file.ts',
  'functions/domain/partner-settings.ts',
  'functions/domain/reason.ts',
  'functions/domain/refresh-schedule.ts',
  'functions/domain/identity-token.ts',
  'functions/domain/stored-api-access.ts',
  'functions/domain/stored-app-credential.ts',
  'functions/domain/stored-keyring.ts',
]

const imports = ['functions', 'infra'].flatMap(importsBelow)

function importsBelow(folder: string): readonly Import[] {
  return globSync(`${folder}/**/*.ts`).flatMap((file) => {
    const source = readFileSync(file, 'utf8')
    const specifiers = source.matchAll(
      /(?:^|\n)(?:import|export)[^'\n]*(?:\n[^'\n]+)*?from '([^']+)'|import\('([^']+)'\)|\nimport '([^']+)'/g,
    )
    return [...specifiers].map((match) => {
      const specifier = match[1] ?? match[2] ?? match[3] ?? ''
      const isRelative = specifier.startsWith('.')
      return { from: file, to: isRelative ? normalize(join(dirname(file), specifier)) : specifier }
    })
  })
}

/** What fills the settings, as the functions themselves keep them. */
const SETTINGS_WRITERS = ['infra/setup.ts', 'infra/brand.ts', 'infra/local/seed.ts']
const SETTINGS_STORE = 'functions/adapters/dynamodb-partner-settings.ts'

/** Commands that act on a deployment as its functions do, by the functions' own rules and adapters. */
const OPERATOR_COMMANDS = 'infra/operate/'

/** The imports of the files below `folder` that are not among the allowed ones. */
function strays(folder: string, isAllowed: (to: string, from: string) => boolean): string[] {
  return imports
    .filter(({ from }) => from.startsWith(folder) && !COMPOSITION_ROOTS.includes(from))
    .filter(({ from, to }) => !isAllowed(to, from))
    .map(({ from, to }) => `${from} -> ${to}`)
}

const isPackage = (to: string) => !to.startsWith('functions/') && !to.startsWith('infra/')

describe('imports point one way', () => {
  test('the reader sees the imports, of types too', () => {
    expect(imports).toContainEqual({
      from: 'functions/domain/access-token.ts',
      to: 'functions/domain/clock.ts',
    })
    expect(imports).toContainEqual({ from: 'functions/http/document.ts', to: 'node:crypto' })
  })

  test('the domain imports nothing but itself, node:crypto and node:zlib', () => {
    const isDomain = (to: string) =>
      to.startsWith('functions/domain/') || ['node:crypto', 'node:zlib'].includes(to)
    expect(strays('functions/domain/', isDomain)).toEqual([])
  })

  test('adapters know the domain and packages, not HTTP, handlers or configuration', () => {
    const isAllowed = (to: string) => isPackage(to) || /^functions\/(adapters|domain)\//.test(to)
    expect(strays('functions/adapters/', isAllowed)).toEqual([])
  })

  test('http knows the domain and the log, not adapters or handlers', () => {
    const isAllowed = (to: string) =>
      isPackage(to) || /^functions\/(http|domain)\//.test(to) || to === 'functions/logger.ts'
    expect(strays('functions/http/', isAllowed)).toEqual([])
  })

  test.each(FUNCTIONS)(
    'the handler of %s knows domain and http, not adapters or others',
    (name) => {
      const own = `functions/${name}/`
      const isAllowed = (to: string) =>
        isPackage(to) ||
        to.startsWith(own) ||
        /^functions\/(http|domain)\//.test(to) ||
        [
          'functions/logger.ts',
          'functions/metrics.ts',
          'functions/embedded-metrics.ts',
          'functions/metric-names.ts',
        ].includes(to)
      expect(strays(own, isAllowed)).toEqual([])
    },
  )

  test('what browsers run imports nothing but itself', () => {
    const isBrowser = (to: string) => to.startsWith('functions/authorize/browser/')
    expect(strays('functions/authorize/browser/', isBrowser)).toEqual([])
    expect(imports.filter(({ from, to }) => isBrowser(to) && !isBrowser(from))).toEqual([])
  })

  const isClient = (path: string) => path.startsWith('functions/client/')
  const isCommandLine = (path: string) => path.startsWith('functions/cli/')

  test("a partner's client imports nothing but itself, and the command line alone imports it", () => {
    expect(strays('functions/client/', isClient)).toEqual([])
    const toClient = imports.filter(({ from, to }) => isClient(to) && !isClient(from))
    expect(toClient.filter(({ from }) => !isCommandLine(from))).toEqual([])
  })

  test('the command line knows the client, Node and commander, and nothing imports it', () => {
    const isAllowed = (to: string) =>
      isCommandLine(to) || isClient(to) || to.startsWith('node:') || to === 'commander'
    expect(strays('functions/cli/', isAllowed)).toEqual([])
    const toCommandLine = imports.filter(({ to }) => isCommandLine(to))
    expect(toCommandLine.filter(({ from }) => !isCommandLine(from))).toEqual([])
  })

  test('the stack knows names and shapes of the functions only', () => {
    const isAllowed = (to: string, from: string) =>
      isPackage(to) ||
      to.startsWith('infra/') ||
      SHARED_WITH_INFRA.includes(to) ||
      (to === SETTINGS_STORE && SETTINGS_WRITERS.includes(from))
    const others = strays('infra/', isAllowed).filter((it) => !it.startsWith(OPERATOR_COMMANDS))
    expect(others).toEqual([])
  })

  test("an operator's command knows the domain, adapters and names, and nothing knows the commands", () => {
    const isAllowed = (to: string) =>
      isPackage(to) ||
      /^(infra|functions\/(adapters|domain))\//.test(to) ||
      ['functions/config.ts', 'functions/metric-names.ts'].includes(to)
    expect(strays(OPERATOR_COMMANDS, isAllowed)).toEqual([])
    const toCommands = imports.filter(({ to }) => to.startsWith(OPERATOR_COMMANDS))
    const fromOthers = toCommands.filter(({ from }) => !from.startsWith(OPERATOR_COMMANDS))
    expect(fromOthers).toEqual([])
  })

  test('functions know nothing of infra, and nothing knows the tests', () => {
    const toInfra = strays('functions/', (to) => !to.startsWith('infra/'))
    const toTests = imports.filter(({ to }) => to.startsWith('test/'))
    expect([...toInfra, ...toTests]).toEqual([])
  })

  test('only the composition roots read the environment', () => {
    const readers = globSync('functions/**/*.ts').filter((file) =>
      readFileSync(file, 'utf8').includes('process.env'),
    )
    expect(readers.toSorted()).toEqual([...COMPOSITION_ROOTS, COMMAND_LINE_ROOT].toSorted())
  })
})
