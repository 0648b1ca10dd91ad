import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { installRuntimeClient } from '../support/lambda/install.ts'
import { say } from '../support/say.ts'
import { installEmulator } from './install.ts'
import { startEmulator } from './support/emulator.ts'

const HERE = import.meta.dirname
const BIN = join(HERE, '../../node_modules/.bin')

/** How much of what the emulator wrote is shown when something failed. */
const LINES_SHOWN = 40

/**
 * Installs the emulator, then deploys to it and runs this tier's tests against what was deployed. With
 * filters only the test files that they name are run. @returns whether all is well.
 */
async function runTier(filters: readonly string[]): Promise<boolean> {
  installRuntimeClient()
  installEmulator()
  say('checking types…')
  // The root leaves this folder out, for it must not need what only this tier installs.
  if (!(await succeeds('tsc', ['-p', HERE], process.env))) return false
  say('starting MiniStack…')
  const emulator = await startEmulator()
  try {
    const config = join(HERE, 'vitest.config.ts')
    const args = ['run', '--config', config, ...filters]
    const passed = await succeeds('vitest', args, emulator.env)
    if (!passed) say(`what the emulator wrote:\n${lastLines(emulator.output())}`)
    return passed
  } finally {
    await emulator.stop()
  }
}

async function succeeds(
  tool: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const child = spawn(join(BIN, tool), args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  process.once('exit', () => child.kill())
  const [exitCode] = await once(child, 'exit')
  return exitCode === 0
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-LINES_SHOWN).join('\n')
}

// a process that ends by a signal runs no exit handler, and its children would stay
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

process.exitCode = (await runTier(process.argv.slice(2))) ? 0 : 1
