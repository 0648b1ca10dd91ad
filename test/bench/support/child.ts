import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Runs one of this folder's programs to its end and reads its last line: before it functions may have logged. */
export async function runChild<T>(program: string, argument: string): Promise<T> {
  const child = start(program, argument)
  const [output, [exitCode]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    once(child, 'exit'),
  ])
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}`)
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
}

/** Starts one of this folder's programs and reads its first line; it ends when this process does. */
export async function startChild<T>(
  program: string,
  argument: string,
): Promise<{ readonly said: T; stop(): void }> {
  const child = start(program, argument)
  const [line] = child.stdout === null ? [''] : await once(child.stdout, 'data')
  return { said: JSON.parse(String(line)), stop: () => child.kill() }
}

function start(program: string, argument: string): ChildProcess {
  const path = fileURLToPath(new URL(`../${program}`, import.meta.url))
  const child = spawn(process.execPath, [path, argument], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const stop = () => child.kill()
  process.once('exit', stop)
  child.once('exit', () => process.off('exit', stop))
  return child
}
