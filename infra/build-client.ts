import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'

const REPOSITORY = join(import.meta.dirname, '..')
const SOURCE = join(REPOSITORY, 'functions', 'client')
const COMMAND_LINE = join(REPOSITORY, 'functions', 'cli')
const COMMANDER = join(REPOSITORY, 'node_modules', 'commander')

/** Where the package for partners goes: what `npm pack` takes, and nothing else. */
export const CLIENT_FOLDER = join(REPOSITORY, 'dist', 'client')

/** One readable module for Node 20 and any runtime with `fetch`; nothing of Node's in it. */
const SETTINGS = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  absWorkingDir: REPOSITORY,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** The command line is for Node, with what it uses in it: the package brings no other one along. */
const COMMAND_LINE_SETTINGS = {
  ...SETTINGS,
  platform: 'node',
  target: 'node20',
} as const satisfies BuildOptions

/**
 * Builds the client and the command line as a package of its own, with a package.json that is made for it: that of the repository would
 * bring the service's dependencies along.
 */
export async function buildClient(folder = CLIENT_FOLDER): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const outfile = join(folder, 'main.js')
  await build({ ...SETTINGS, entryPoints: [join(SOURCE, 'main.ts')], outfile })
  await writeDeclarations(folder)
  await buildCommandLine(folder)
  await writeGuides(folder)
  await copyFile(join(REPOSITORY, 'LICENSE'), join(folder, 'LICENSE'))
  const manifest = clientManifest(await readManifest())
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

async function buildCommandLine(folder: string): Promise<void> {
  const outfile = join(folder, 'cli.js')
  await build({
    ...COMMAND_LINE_SETTINGS,
    entryPoints: [join(COMMAND_LINE, 'main.ts')],
    outfile,
  })
  await chmod(outfile, 0o755)
  await copyFile(join(COMMANDER, 'LICENSE'), join(folder, 'LICENSE-commander'))
}

/** The guides, by what they are called from each other in the repository. */
const GUIDES: ReadonlyMap<string, string> = new Map([
  ['../client/README.md', 'README.md'],
  ['../cli/README.md', 'CLI.md'],
])

const LINK = /\[([^\]]+)\]\((\.\.\/[^)]+)\)/g

/** Links to what is not in the package become words. */
async function writeGuides(folder: string): Promise<void> {
  for (const [path, name] of GUIDES) {
    const guide = await readFile(join(SOURCE, path), 'utf8')
    const packaged = guide.replace(LINK, (_, words: string, target: string) => {
      const there = GUIDES.get(target)
      return there === undefined ? words : `[${words}](${there})`
    })
    await writeFile(join(folder, name), packaged)
  }
}

async function writeDeclarations(folder: string): Promise<void> {
  const tsc = join(REPOSITORY, 'node_modules', '.bin', 'tsc')
  const declarations = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly']
  await promisify(execFile)(tsc, ['-p', SOURCE, ...declarations, '--outDir', folder])
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.d.ts'))) {
    const file = join(folder, name)
    const declaration = await readFile(file, 'utf8')
    // tsc leaves the names of the sources in declarations, and these are not in the package.
    await writeFile(file, declaration.replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"))
  }
}

/** What both packages say of themselves, as the repository's package.json has it. */
type Manifest = Readonly<Record<string, unknown>>

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'))
}

const SHARED = ['name', 'version', 'license', 'repository', 'homepage', 'bugs', 'type', 'engines']

/**
 * `private` keeps `npm publish` from publishing it by accident, and lets `npm pack` be; whoever means to publish
 * takes it off, and then it goes with its provenance.
 */
function clientManifest(repository: Manifest): Manifest {
  return {
    ...Object.fromEntries(SHARED.map((name) => [name, repository[name]])),
    description:
      'Client and command line of dynamics-connect: access tokens for Microsoft Dynamics 365',
    private: true,
    publishConfig: { access: 'public', provenance: true },
    sideEffects: ['./cli.js'],
    bin: { 'dynamics-connect': './cli.js' },
    exports: { './client': { types: './main.d.ts', default: './main.js' } },
    types: './main.d.ts',
    files: ['*.js', '*.d.ts', 'CLI.md', 'LICENSE-commander'],
  }
}

if (import.meta.main) {
  await buildClient()
  console.log('npm pack ./dist/client makes the package for partners.')
}
