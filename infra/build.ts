import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { writeApiDocuments } from './api-documents.ts'
import { lambdaCredentialsPlugin } from './lambda-credentials-plugin.ts'
import { lambdaSdkPlugin } from './lambda-sdk-plugin.ts'
import { lazyPartName, lazyPartsPlugin } from './lazy-parts-plugin.ts'
import { oauthAnswersPlugin } from './oauth-answers-plugin.ts'
import { runbookHtml } from './runbook-html.ts'

const REPOSITORY = join(import.meta.dirname, '..')

/** Where the bundles go: one folder per function, deployed as it is. */
export const BUNDLES_FOLDER = join(REPOSITORY, 'dist')

/** One deployable bundle. */
export interface Bundle {
  readonly name: string
  /** The folder that holds `index.js`, its source map, what it reads while it runs, and nothing that belongs elsewhere. */
  readonly folder: string
  readonly kilobytes: number
}

/** Where a function keeps the script that it serves to browsers, if it does. */
const BROWSER_SCRIPT = join('browser', 'connect.ts')

/** The folders of texts, by the modules that read them from beside a bundle. */
const TEXTS = {
  'functions/http/texts.ts': 'functions/http/texts',
  'functions/console/words.ts': 'functions/console/words',
} as const

/** What shows the runbook, and where it is. */
const RUNBOOK_MODULE = 'functions/console/health/runbook-page.ts'
const RUNBOOK = join(import.meta.dirname, 'RUNBOOK.md')

/** What serves the description of the API. */
const DOCUMENTS_MODULE = 'functions/api/documents.ts'

/** Where to read the functions from and where to write the bundles to. */
export interface BuildFolders {
  readonly functions: string
  readonly bundles: string
  /**
   * Where the functions look for AWS credentials: on Lambda in the environment, which is the default, and
   * on the machine of a developer `everywhere` that the SDK knows, profiles and single sign-on too.
   */
  readonly credentials?: 'environment' | 'everywhere'
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
  supported: {
    // Node's own modules by `require`, which is a fifth of `import()`: that would load undici with node:http.
    'dynamic-import': false,
    // Of which esbuild is not sure for Node: a regular expression of Valibot's that nothing uses would stay.
    'regexp-unicode-property-escapes': true,
  },
  // In a bundle every module is in the bundle's folder.
  define: { 'import.meta.dirname': '__dirname' },
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

async function bundle(name: string, folders: BuildFolders): Promise<Bundle> {
  const { functions, bundles } = folders
  const folder = join(bundles, name)
  const lazyParts = new Set<string>()
  // What an earlier build left and this one does not write would be deployed as well.
  await rm(folder, { recursive: true, force: true })
  const metafile = await bundleScript(folders, {
    entryPoints: [join(functions, name, 'index.ts')],
    outfile: join(folder, 'index.js'),
    plugins: [lazyPartsPlugin((source) => lazyParts.add(source))],
  })
  await writeFile(join(bundles, 'meta', `${name}.json`), JSON.stringify(metafile))
  for (const source of lazyParts) {
    const part = lazyPartName(source)
    const script = { entryPoints: [source], outfile: join(folder, part), plugins: [] }
    const metafileOfPart = await bundleScript(folders, script)
    await writeFile(join(bundles, 'meta', `${name}.${part}on`), JSON.stringify(metafileOfPart))
  }
  await bundleTexts(metafile, folder)
  await bundleRunbook(metafile, folder)
  if (Object.hasOwn(metafile.inputs, DOCUMENTS_MODULE)) await writeApiDocuments(folder)
  await bundleBrowserScript(join(functions, name, BROWSER_SCRIPT), folder)
  // The repository is `"type": "module"`, which would be inherited when a bundle runs in place.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n')
  return { name, folder, kilobytes: kilobytesOf(metafile) }
}

async function bundleScript(
  { credentials = 'environment' }: BuildFolders,
  { plugins, ...script }: Required<Pick<BuildOptions, 'entryPoints' | 'outfile' | 'plugins'>>,
): Promise<Metafile> {
  const forLambda = credentials === 'environment' ? [lambdaCredentialsPlugin] : []
  const all = [lambdaSdkPlugin, oauthAnswersPlugin, ...forLambda, ...plugins]
  const { metafile } = await build({ ...SETTINGS, ...script, plugins: all })
  return metafile
}

/** Lays texts beside a bundle that reads them, under the name of their own folder. */
async function bundleTexts({ inputs }: Metafile, bundleFolder: string): Promise<void> {
  for (const [module, source] of Object.entries(TEXTS)) {
    if (!Object.hasOwn(inputs, module)) continue
    const folder = join(bundleFolder, basename(source))
    await mkdir(folder, { recursive: true })
    for (const file of await readdir(join(REPOSITORY, source))) {
      const content: unknown = JSON.parse(await readFile(join(REPOSITORY, source, file), 'utf8'))
      await writeFile(join(folder, file), JSON.stringify(content))
    }
  }
}

/** Lays the runbook beside the bundle that shows it. */
async function bundleRunbook({ inputs }: Metafile, folder: string): Promise<void> {
  if (!Object.hasOwn(inputs, RUNBOOK_MODULE)) return
  const markdown = await readFile(RUNBOOK, 'utf8')
  await writeFile(join(folder, 'runbook.html'), runbookHtml(markdown))
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
