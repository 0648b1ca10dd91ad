import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './say.ts'

/** Something to install, again whenever the manifest with its pins changes. */
export interface Peer {
  readonly name: string
  /** The file with the pinned versions. */
  readonly manifest: string
  /** Where it is installed, and nothing else is. */
  readonly folder: string
  install(): void
}

/** A stamp with the manifest's own text says which pins a folder was installed from. */
export function installOnce({ name, manifest, folder, install }: Peer): void {
  const stamp = join(folder, '.installed-from')
  const pins = readFileSync(manifest, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) return
  say(`installing ${name}…`)
  rmSync(folder, { recursive: true, force: true })
  install()
  mkdirSync(folder, { recursive: true })
  writeFileSync(stamp, pins)
}

/** Runs a command in a folder; when it fails, says what it wrote and ends this process. */
export function run(folder: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) fail(`${command} ${args[0]} failed:\n${stdout}${stderr}`)
}

/** Ends this process with the remedy when the command is not there. */
export function requireCommand(command: string, args: readonly string[], remedy: string): void {
  if (spawnSync(command, args).status === 0) return
  fail(`this tier needs ${command}: ${remedy}`)
}

function fail(message: string): never {
  say(message)
  process.exit(1)
}
