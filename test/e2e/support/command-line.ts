import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** How a command ended, and what it wrote. */
export interface Ended {
  /** `null` after a signal. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs in a process of its own. */
export interface RunningCommand {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Where commands run, and what they are given. */
export interface Place {
  /** Its working folder. */
  readonly folder: string
  /** All its variables, but for those that find programs. */
  readonly env: Readonly<Record<string, string>>
}

export const COMMAND_LINE = join(import.meta.dirname, '../../../functions/cli/main.ts')

/** Starts a command; what is given as input is all that it can read. */
export function startCommand(
  { folder, env }: Place,
  words: readonly string[],
  input = '',
): RunningCommand {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [COMMAND_LINE, ...words], {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  child.stdin.end(input)
  const ended = once(child, 'close').then(() => ({ exitCode: child.exitCode, ...written }))
  return { child, ended }
}

/** Runs a command to its end. */
export function runCommand(place: Place, words: readonly string[], input?: string): Promise<Ended> {
  return startCommand(place, words, input).ended
}
