import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs the ordinary CDK command of this folder, which npm scripts find by its name, and ends as it does.
 * @returns whether it has done what it was told.
 */
export async function runCdk(args: readonly string[]): Promise<boolean> {
  const child = spawn('cdk', args, { stdio: 'inherit' })
  const [exitCode] = await once(child, 'exit')
  if (exitCode === 0) return true
  process.exitCode = typeof exitCode === 'number' ? exitCode : 1
  return false
}
