import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')

/** What one step of an operator is called with, on top of the variables of the test. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
}

/** How a command ended, and everything that it wrote. */
export interface Ended {
  readonly exitCode: number
  readonly output: string
}

/** Runs a command in the repository, as an operator does. */
export async function ended(
  name: string,
  args: readonly string[],
  { env = {} }: CommandOptions = {},
): Promise<Ended> {
  const child = spawn(name, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => written.push(text))
  }
  const [exitCode] = await once(child, 'close')
  return { exitCode, output: written.join('') }
}

/**
 * The same for a command that succeeds.
 * @returns everything that it wrote.
 * @throws Error with what it wrote, when it fails.
 */
async function command(
  name: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, output } = await ended(name, args, options)
  if (exitCode === 0) return output
  throw new Error(`${name} ${args.join(' ')} ended with ${exitCode}:\n${output}`)
}

/** The CDK's command line, which asks nobody and calls nobody. */
export function cdk(...args: readonly string[]): Promise<string> {
  return command(join(ROOT, 'node_modules/.bin/cdk'), [...args, '--no-notices', '--ci'])
}
