import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ROOT } from './documents.ts'

interface ShellOptions {
  readonly env?: NodeJS.ProcessEnv
  /** The root of the repository unless it says otherwise. */
  readonly cwd?: string
}

/**
 * Runs commands in one shell, which ends at the first of them that fails.
 * @returns the lines that they wrote to standard output.
 * @throws Error with what they wrote, when one fails.
 */
export async function inShell(
  commands: string,
  { env = process.env, cwd = ROOT }: ShellOptions = {},
): Promise<readonly string[]> {
  // Without --norc bash takes a pipe to it for a login over the network, and reads this machine's settings.
  const args = ['--norc', '-euo', 'pipefail', '-c', commands]
  const { stdout } = await promisify(execFile)('bash', args, { env, cwd })
  return stdout.trim().split('\n')
}
