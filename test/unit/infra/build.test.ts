import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, buildFunctions } from '../../../infra/build.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { FUNCTIONS, functionProperties, synthesized } from './synthesized.ts'

const run = promisify(execFile)
const FUNCTIONS_FOLDER = join(import.meta.dirname, '../../../functions')

async function folders(): Promise<{ readonly functions: string; readonly bundles: string }> {
  const root = temporaryFolder('build')
  const functions = join(root, 'functions')
  await mkdir(join(functions, 'hello'), { recursive: true })
  await mkdir(join(functions, 'domain'))
  await writeFile(
    join(functions, 'domain', 'greeting.ts'),
    `export const GREETING: string = 'hi'\n`,
  )
  await writeFile(
    join(functions, 'hello', 'index.ts'),
    `import { GREETING } from '../domain/greeting.ts'\nexport const handler = async () => GREETING\n`,
  )
  return { functions, bundles: join(root, 'dist') }
}

describe('the build', () => {
  test('bundles a folder that has an index.ts, and no other', async () => {
    const made = await buildFunctions(await folders())
    expect(made.map(({ name }) => name)).toEqual(['hello'])
  })

  test('deploys the bundle and its source map, and keeps what esbuild knows of it apart', async () => {
    const { functions, bundles } = await folders()
    await buildFunctions({ functions, bundles })
    const deployed = await readdir(join(bundles, 'hello'))
    expect(deployed.sort()).toEqual(['index.js', 'index.js.map', 'package.json'])
    expect(await readdir(join(bundles, 'meta'))).toEqual(['hello.json'])
    const map = JSON.parse(await readFile(join(bundles, 'hello', 'index.js.map'), 'utf8'))
    expect(map.sourcesContent).toBeUndefined()
    expect(map.sources.join()).toContain('hello/index.ts')
  })

  test('writes CommonJS that Lambda loads by index.handler', async () => {
    const { functions, bundles } = await folders()
    await buildFunctions({ functions, bundles })
    const script = `require('./hello/index.js').handler().then((it) => console.log(it))`
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: bundles })
    expect(stdout).toBe('hi\n')
  })

  test('adds the script that a function serves to browsers, and it alone', async () => {
    const { functions, bundles } = await folders()
    const browser = join(functions, 'hello', 'browser')
    await mkdir(browser)
    await writeFile(join(browser, 'connect.ts'), `Object.assign(globalThis, { met: document })\n`)
    await buildFunctions({ functions, bundles })
    const deployed = await readdir(join(bundles, 'hello'))
    expect(deployed.sort()).toEqual(['connect.js', 'index.js', 'index.js.map', 'package.json'])
    expect(await readFile(join(bundles, 'hello', 'connect.js'), 'utf8')).toBe(
      `(()=>{Object.assign(globalThis,{met:document});})();\n`,
    )
  })

  test('leaves nothing of an earlier build', async () => {
    const { functions, bundles } = await folders()
    await mkdir(join(bundles, 'hello'), { recursive: true })
    await writeFile(join(bundles, 'hello', 'once.js'), '')
    await buildFunctions({ functions, bundles })
    expect(await readdir(join(bundles, 'hello'))).not.toContain('once.js')
  })

  test('makes a file of its own of what is imported when it is reached', async () => {
    const { functions, bundles } = await folders()
    const later = `export const later = () => 'later'\n`
    await writeFile(join(functions, 'hello', 'later.ts'), later)
    await writeFile(
      join(functions, 'hello', 'index.ts'),
      `export const handler = async () => (await import('./later.ts')).later()\n`,
    )
    await buildFunctions({ functions, bundles })
    expect(await readFile(join(bundles, 'hello', 'index.js'), 'utf8')).not.toContain(`"later"}`)
    const script = `require('./hello/index.js').handler().then((it) => console.log(it))`
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: bundles })
    expect(stdout).toBe('later\n')
  })

  test('writes the same bytes each time', async () => {
    const { functions, bundles } = await folders()
    const bytes = async () => {
      await buildFunctions({ functions, bundles })
      const files = ['index.js', 'index.js.map', 'package.json']
      return Promise.all(files.map((file) => readFile(join(bundles, 'hello', file), 'utf8')))
    }
    expect(await bytes()).toEqual(await bytes())
  })
})

const allWritten = FUNCTIONS.every((name) => existsSync(join(FUNCTIONS_FOLDER, name, 'index.ts')))

/** As much as a vendor's page should load for one button. */
const CONNECT_SCRIPT_BUDGET_BYTES = 4096

describe.skipIf(!allWritten)('the real bundles', () => {
  let bundles: string
  let made: readonly Bundle[]

  beforeAll(async () => {
    bundles = temporaryFolder('dist')
    made = await buildFunctions({ functions: FUNCTIONS_FOLDER, bundles })
  })

  test('are those that the stack deploys', () => {
    expect(made.map(({ name }) => name)).toEqual([...FUNCTIONS].sort())
  })

  describe('connect.js', () => {
    const script = () => readFile(join(bundles, 'authorize', 'connect.js'), 'utf8')

    test('stays within its budget', async () => {
      expect(Buffer.byteLength(await script())).toBeLessThanOrEqual(CONNECT_SCRIPT_BUDGET_BYTES)
    })

    test('sets one global, as a classic script and as a module', async () => {
      const before = `globalThis.window = globalThis; const before = Object.keys(globalThis)\n`
      const after = `\nconsole.log(Object.keys(globalThis).filter((name) => !before.includes(name)).join(), Object.keys(DynamicsConnect).join())`
      for (const type of ['commonjs', 'module']) {
        const source = `${before}${await script()}${after}`
        const { stdout } = await run(process.execPath, [`--input-type=${type}`, '-e', source])
        expect(stdout).toBe('DynamicsConnect connect,resultFrom\n')
      }
    })

    test('stores nothing, logs nothing and loads nothing', async () => {
      expect(await script()).not.toMatch(/storage|cookie|indexedDB|console|fetch|XMLHttp|eval/i)
    })
  })

  test.each(FUNCTIONS)(
    '%s starts with exactly the variables that the stack gives it, and without undici',
    async (name) => {
      const { Variables } = functionProperties(synthesized(), name).Environment
      const values = Object.entries(Variables).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : `https://${key.toLowerCase()}.example.com`,
      ])
      const hasUndici = `process.moduleLoadList.some((module) => module.includes('undici'))`
      const script = `console.log(typeof require('./${name}/index.js').handler, ${hasUndici})`
      const { stdout } = await run(process.execPath, ['-e', script], {
        cwd: bundles,
        env: { ...Object.fromEntries(values), AWS_REGION: 'eu-west-1' },
      })
      expect(stdout).toBe('function false\n')
    },
  )
})
