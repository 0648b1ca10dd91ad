import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { installBrowserTier } from './install.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')

/** Runs a tool of the root. @returns whether it succeeded. */
async function succeeds(tool: string, args: readonly string[]): Promise<boolean> {
  const command = join(ROOT, 'node_modules/.bin', tool)
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  process.once('exit', () => child.kill())
  const [exitCode] = await once(child, 'exit')
  return exitCode === 0
}

// A process that ends by a signal runs no exit handler, and its children would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

installBrowserTier()
// The root leaves this folder out, for it must not need what only this tier installs.
const typesAreRight = await succeeds('tsc', ['-p', HERE])
const filters = process.argv.slice(2)
const passed =
  typesAreRight && (await succeeds('vitest', ['run', '--project', 'browser', ...filters]))
process.exitCode = passed ? 0 : 1
