import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'

const REPOSITORY = join(import.meta.dirname, '..')

/** Where the bundles go: one folder per function, deployed as it is. */
export const BUNDLES_FOLDER = join(REPOSITORY, 'dist')

/** One deployable bundle. */
export interface Bundle {
  readonly name: string
  /** The folder that holds `index.js`, its source map, the script it serves, and nothing that belongs elsewhere. */
  readonly folder: string
  readonly kilobytes: number
}

/** Where a function keeps the script that it serves to browsers, if it does. */
const BROWSER_SCRIPT = join('browser', 'connect.ts')

/** Where to read the functions from and where to write the bundles to. */
export interface BuildFolders {
  readonly functions: string
  readonly bundles: string
}

/**
 * CommonJS, because an ES module bundle starts a third slower on Lambda; `module` before `main`,
 * because the SDK's CommonJS build cannot be tree-shaken; nothing external, because one file loads
 * faster than the SDK of the runtime; UTF-8, because Japanese takes half the bytes in it.
 */
const SETTINGS = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  charset: 'utf8',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  absWorkingDir: REPOSITORY,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** A script for browsers of the last five years; it is served as it is, so without a map. */
const BROWSER_SETTINGS = {
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2020',
  minify: true,
  legalComments: 'none',
  absWorkingDir: REPOSITORY,
  logLevel: 'warning',
} as const satisfies BuildOptions

/**
 * Bundles every function: a folder of `functions/` with an `index.ts`. What esbuild knows of a bundle
 * is kept in `meta/`, beside the deployed folders.
 */
export async function buildFunctions(
  folders: BuildFolders = { functions: join(REPOSITORY, 'functions'), bundles: BUNDLES_FOLDER },
): Promise<readonly Bundle[]> {
  await mkdir(join(folders.bundles, 'meta'), { recursive: true })
  const names = await functionNames(folders.functions)
  return Promise.all(names.map((name) => bundle(name, folders)))
}

async function functionNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'index.ts')))
    .map((entry) => entry.name)
    .sort()
}

async function bundle(name: string, { functions, bundles }: BuildFolders): Promise<Bundle> {
  const folder = join(bundles, name)
  const { metafile } = await build({
    ...SETTINGS,
    entryPoints: [join(functions, name, 'index.ts')],
    outfile: join(folder, 'index.js'),
  })
  await bundleBrowserScript(join(functions, name, BROWSER_SCRIPT), folder)
  // The repository is `"type": "module"`, which would be inherited when a bundle runs in place.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n')
  await writeFile(join(bundles, 'meta', `${name}.json`), JSON.stringify(metafile))
  return { name, folder, kilobytes: kilobytesOf(metafile) }
}

async function bundleBrowserScript(source: string, folder: string): Promise<void> {
  if (!existsSync(source)) return
  await build({
    ...BROWSER_SETTINGS,
    entryPoints: [source],
    outfile: join(folder, 'connect.js'),
  })
}

function kilobytesOf(metafile: Metafile): number {
  const scripts = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.js'))
  return Math.ceil(scripts.reduce((bytes, [, output]) => bytes + output.bytes, 0) / 1024)
}

if (import.meta.main) {
  for (const { name, kilobytes } of await buildFunctions()) {
    console.log(`${name.padEnd(10)} ${kilobytes} KB`)
  }
}
