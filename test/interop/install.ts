import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installOnce, type Peer, requireCommand, run } from '../support/install-once.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const JAVA_PEERS = ['dynamodb-local', 'event-ruler', 'mock-oauth2-server'] as const

/** Where the jars of one Java peer lie once it is installed. */
export const javaLibraries = (peer: (typeof JAVA_PEERS)[number]): string =>
  join(HERE, '.java', peer)

const npmPeer: Peer = {
  name: 'npm packages',
  manifest: join(HERE, 'package-lock.json'),
  folder: join(HERE, 'node_modules'),
  install: () => run(HERE, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
}

const javaPeer = (name: (typeof JAVA_PEERS)[number]): Peer => {
  const manifest = join(HERE, 'java', `${name}.xml`)
  const folder = javaLibraries(name)
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime']
  const args = ['-q', '-B', '-f', manifest, ...goal, `-DoutputDirectory=${folder}`]
  return { name, manifest, folder, install: () => run(HERE, 'mvn', args) }
}

/** Brings what this tier runs against; what is there in the pinned version is left alone. */
export function installPeers(): void {
  requireCommand('javac', ['-version'], 'install a Java development kit, 17 or later')
  requireCommand('mvn', ['--version'], 'install Apache Maven')
  for (const peer of [npmPeer, ...JAVA_PEERS.map(javaPeer)]) installOnce(peer)
}

if (import.meta.main) installPeers()
