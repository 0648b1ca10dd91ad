import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { javaLibraries } from '../interop/install.ts'
import { say } from './support/progress.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const DYNAMODB_LOCAL = fileURLToPath(new URL('../interop/java/dynamodb-local.xml', import.meta.url))

/** Brings MSAL and DynamoDB Local in their pinned versions; what is there is left alone. */
export function installPeers(): void {
  installPackages()
  const folder = javaLibraries('dynamodb-local')
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime']
  installOnce('DynamoDB Local', {
    manifest: DYNAMODB_LOCAL,
    folder,
    command: ['mvn', '-q', '-B', '-f', DYNAMODB_LOCAL, ...goal, `-DoutputDirectory=${folder}`],
  })
}

/** Brings MSAL and AWS's tools in their pinned versions; what is there is left alone. */
export function installPackages(): void {
  installOnce("MSAL and AWS's tools", {
    manifest: join(HERE, 'package-lock.json'),
    folder: join(HERE, 'node_modules'),
    command: ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
  })
}

/** A stamp with the manifest's own text says which pins a folder was installed from. */
function installOnce(
  name: string,
  peer: {
    readonly manifest: string
    readonly folder: string
    readonly command: readonly [string, ...string[]]
  },
): void {
  const { manifest, folder, command } = peer
  const stamp = join(folder, '.installed-from')
  const pins = readFileSync(manifest, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) return
  say(`installing ${name}…`)
  rmSync(folder, { recursive: true, force: true })
  const [program, ...args] = command
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: HERE, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(stamp, pins)
}
