import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildClient } from '../../infra/build-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/.bin/tsc')

/** Node 20 comes as a package, for Linux alone. */
const NODE_20 = join(import.meta.dirname, `node_modules/node-linux-${process.arch}/bin/node`)

/** A partner's backend: of another package, which knows nothing but what it has installed. */
const PROGRAM = `import {
  type Connection, dynamicsConnect, ReauthorizationRequired, Unavailable,
} from 'dynamics-connect/client'

const client = dynamicsConnect({
  url: 'https://connect.example.com', clientId: 'a', clientSecret: 'b', accountId: 'acme',
  fetch: async (url) => url.endsWith('/oauth/token')
    ? Response.json({ access_token: 'bearer', expires_in: 3600 })
    : Response.json({ Code: 'reauthorization_required', Message: 'Sign in.', RequestId: 'r' }, { status: 409 }),
})
const names = async () => {
  const all: Connection[] = []
  for await (const connection of client.connections.all()) all.push(connection)
  return all.map(({ name, user }) => [name, user?.username ?? ''])
}
const withRuntimesFetch = { url: 'http://localhost:9', clientId: 'a', clientSecret: 'b', fetch }
const told: unknown = await client.token(7).catch((error: unknown) => error)
if (told instanceof Unavailable) console.log(told.retryAfterSeconds.toFixed())
if (told instanceof ReauthorizationRequired) console.log(told.name, told.message, told.reason?.who)
// @ts-expect-error without a secret there is no client
export const wrong = () => dynamicsConnect({ url: '', clientId: '' })
export const right = [names, () => dynamicsConnect(withRuntimesFetch), (): Promise<string> => client.dynamics(7).then((config) => config.serverUrl)]
`

let project: string
let tarball: { readonly files: readonly { readonly path: string }[] }

beforeAll(async () => {
  const folder = temporaryFolder('client-package')
  await buildClient(join(folder, 'built'))
  const packed = await run('npm', ['pack', './built', '--json'], { cwd: folder })
  const [entry] = JSON.parse(packed.stdout)
  tarball = entry
  project = join(folder, 'backend')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"name":"backend","private":true,"type":"module"}')
  const install = ['install', '--offline', '--no-audit', '--no-fund', `../${entry.filename}`]
  await run('npm', install, { cwd: project })
  writeFileSync(join(project, 'program.ts'), PROGRAM)
})

const DOM = ['--lib', 'es2022,dom', '--types', '']
const NODE = [
  '--lib',
  'es2022',
  '--types',
  'node',
  '--typeRoots',
  join(ROOT, 'node_modules/@types'),
]

/** Compiles as strictly as can be, the package's declarations too. @returns what the compiler says. */
async function compile(file: string, options: readonly string[]): Promise<string> {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
  const args = [file, ...strict, '--target', 'es2022', '--outDir', 'built', ...options]
  const compiled = run(TSC, args, { cwd: project })
  return (await compiled.catch((error: { readonly stdout: string }) => error)).stdout
}

const NODENEXT = ['--module', 'nodenext', '--moduleResolution', 'nodenext']
const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler']

describe('the package for partners', () => {
  test('holds the module, its declarations, the command line and guides, and nothing of the service', () => {
    const files = tarball.files.map(({ path }) => path).filter((path) => !path.endsWith('.d.ts'))
    expect(files.toSorted()).toEqual([
      'CLI.md',
      'LICENSE',
      'LICENSE-commander',
      'README.md',
      'cli.js',
      'main.js',
      'package.json',
    ])
  })

  test('has guides that link to nothing outside of it', () => {
    const folder = join(project, 'node_modules/dynamics-connect')
    for (const guide of ['README.md', 'CLI.md']) {
      const links = readFileSync(join(folder, guide), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)
      for (const [, target = ''] of links)
        expect(existsSync(join(folder, target)), target).toBe(true)
    }
    expect(readFileSync(join(folder, 'CLI.md'), 'utf8')).toContain('](README.md)')
  })

  test('brings no other package along, and runs no script', () => {
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/dynamics-connect'])
    const manifest = join(project, 'node_modules/dynamics-connect/package.json')
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).not.toHaveProperty('scripts')
  })

  test('has a module that imports nothing, so that it runs wherever there is a fetch', () => {
    const source = readFileSync(join(project, 'node_modules/dynamics-connect/main.js'), 'utf8')
    expect(source).not.toMatch(/\bimport\b[^\n]*['"(]|\brequire\(|\bprocess\.|\bBuffer\b/)
    expect(source).toContain('dynamicsConnect')
  })

  test('is not published by accident', async () => {
    const folder = join(project, 'node_modules/dynamics-connect')
    // Should it be let through, nobody is there to take it.
    const nowhere = ['--registry=http://localhost:9/', '--//localhost:9/:_authToken=none']
    const args = ['publish', '--provenance=false', '--fetch-retries=0', ...nowhere]
    const published = run('npm', args, { cwd: folder })
    await expect(published).rejects.toMatchObject({ stderr: expect.stringContaining('EPRIVATE') })
  })

  test.each([
    ['nodenext, with the types of browsers', [...NODENEXT, ...DOM]],
    ['bundler, with the types of browsers', [...BUNDLER, ...DOM]],
  ])('has types for %s', async (_, options) => {
    expect(await compile('program.ts', options)).toBe('')
  })

  test('has types for Node alone', async () => {
    // Node's own declarations are not for such strictness.
    const options = [...NODENEXT, ...NODE, '--skipLibCheck']
    expect(await compile('program.ts', options)).toBe('')
  })

  test('has a guide whose examples are right', async () => {
    const guide = readFileSync(join(project, 'node_modules/dynamics-connect/README.md'), 'utf8')
    const examples = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, example]) => example)
    expect(examples).toHaveLength(2)
    const notify = 'declare function notify(who?: string, what?: string): void'
    writeFileSync(join(project, 'guide.ts'), [...examples, notify].join('\n'))
    const options = [...NODENEXT, ...NODE, '--skipLibCheck']
    expect(await compile('guide.ts', options)).toBe('')
  })

  test.skipIf(process.platform !== 'linux').each([
    ['the Node of the service', process.execPath],
    ['Node 20', NODE_20],
  ])('runs on %s, imported and required', async (_, node) => {
    expect(existsSync(node)).toBe(true)
    await compile('program.ts', [...NODENEXT, ...DOM])
    const imported = await run(node, ['built/program.js'], { cwd: project })
    expect(imported.stdout).toBe('ReauthorizationRequired Sign in. undefined\n')
    const script = "console.log(typeof require('dynamics-connect/client').dynamicsConnect)"
    writeFileSync(join(project, 'required.cjs'), script)
    const required = await run(node, ['required.cjs'], { cwd: project })
    expect(required.stdout).toBe('function\n')
  })
})

describe('the command line of the package', () => {
  const cli = () => join(project, 'node_modules/dynamics-connect/cli.js')

  test('imports nothing but what Node brings', () => {
    const imports = readFileSync(cli(), 'utf8').match(/^import .*from .*$/gm) ?? []
    expect(imports.length).toBeGreaterThan(0)
    expect(imports.filter((line) => !/from "node:[\w/]+";?$/.test(line))).toEqual([])
    const license = join(project, 'node_modules/dynamics-connect/LICENSE-commander')
    expect(readFileSync(license, 'utf8')).toContain('TJ Holowaychuk')
  })

  test('is what npx runs where the package is installed', async () => {
    const env = { ...process.env, npm_config_offline: 'true' }
    const { stdout } = await run('npx', ['dynamics-connect', '--help'], { cwd: project, env })
    expect(stdout).toMatch(/^Usage: dynamics-connect \[options\] \[command\]\n/)
  })

  test.skipIf(process.platform !== 'linux').each([
    ['the Node of the service', process.execPath],
    ['Node 20', NODE_20],
  ])('runs on %s', async (_, node) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const told = await run(node, [cli(), '--version'], { cwd: project })
    expect(told.stdout).toBe(`${version}\n`)
    const env = {
      XDG_CONFIG_HOME: project,
      DYNAMICS_CONNECT_URL: 'http://localhost:9',
      DYNAMICS_CONNECT_CLIENT_ID: 'a',
      DYNAMICS_CONNECT_CLIENT_SECRET: 'b',
    }
    const lines = `{"AccountId":"acme","Resource":"https://x.crm.dynamics.com","RefreshToken":"r"}\n`
    writeFileSync(join(project, 'lines.jsonl'), lines)
    for (const words of [
      ['connections', 'list'],
      ['import', 'lines.jsonl', '--dry-run'],
    ]) {
      const failed = await run(node, [cli(), ...words], { cwd: project, env }).catch(
        (error: unknown) => error,
      )
      expect(failed).toMatchObject({ code: 3, stdout: '' })
      expect(failed).toMatchObject({
        stderr: expect.stringMatching(/dynamics-connect: No answer from[^\n]*\n$/),
      })
    }
  })
})
