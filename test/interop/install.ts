import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { say } from './support/say.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const JAVA_PEERS = ['dynamodb-local', 'event-ruler', 'mock-oauth2-server'] as const

/** Where the jars of one Java peer lie once it is installed. */
export const javaLibraries = (peer: (typeof JAVA_PEERS)[number]): string =>
  join(HERE, '.java', peer)

/** Something to install, again whenever the manifest with its pins changes. */
interface Peer {
  readonly name: string
  readonly manifest: string
  readonly folder: string
  install(): void
}

const npmPeer: Peer = {
  name: 'npm packages',
  manifest: 'package-lock.json',
  folder: join(HERE, 'node_modules'),
  install: () => run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
}

const javaPeer = (name: (typeof JAVA_PEERS)[number]): Peer => {
  const manifest = join('java', `${name}.xml`)
  const folder = javaLibraries(name)
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime']
  const args = ['-q', '-B', '-f', manifest, ...goal, `-DoutputDirectory=${folder}`]
  return { name, manifest, folder, install: () => run('mvn', args) }
}

/** Brings what this tier runs against; what is there in the pinned version is left alone. */
export function installPeers(): void {
  requireCommand('javac', '-version', 'install a Java development kit, 17 or later')
  requireCommand('mvn', '--version', 'install Apache Maven')
  for (const peer of [npmPeer, ...JAVA_PEERS.map(javaPeer)]) installOnce(peer)
}

/** A stamp with the manifest's own text says which pins a folder was installed from. */
function installOnce({ name, manifest, folder, install }: Peer): void {
  const stamp = join(folder, '.installed-from')
  const pins = readFileSync(join(HERE, manifest), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) return
  say(`installing ${name}…`)
  rmSync(folder, { recursive: true, force: true })
  install()
  mkdirSync(folder, { recursive: true })
  writeFileSync(stamp, pins)
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: HERE, encoding: 'utf8' })
  if (status !== 0) fail(`${command} ${args[0]} failed:\n${stdout}${stderr}`)
}

function requireCommand(command: string, versionFlag: string, remedy: string): void {
  if (spawnSync(command, [versionFlag]).status === 0) return
  fail(`test:interop needs ${command}: ${remedy}`)
}

function fail(message: string): never {
  say(message)
  process.exit(1)
}

if (import.meta.main) installPeers()
