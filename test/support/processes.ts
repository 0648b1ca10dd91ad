import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

export interface RunningProcess {
  /** What it has written so far, for the message of a test that fails. */
  output(): string
  stop(): Promise<void>
}

interface ProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Answers any HTTP request once the process is ready. */
  readonly readyUrl: string
}

/** A JVM on a machine with two busy cores can take this long. */
const START_TIMEOUT_MS = 60_000
/** Then it is ended without being asked. */
const STOP_TIMEOUT_MS = 5_000
const POLL_INTERVAL_MS = 100

export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { command, args, env, cwd } = options
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => written.push(text))
  }
  const running = { output: () => written.join(''), stop: () => stop(child) }
  process.once('exit', () => child.kill('SIGKILL'))
  await ready(options.readyUrl, child, running)
  return running
}

async function ready(url: string, child: ChildProcess, running: RunningProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await answers(url))) {
    const ended = child.exitCode !== null
    if (ended || Date.now() > deadline) {
      await running.stop()
      throw new Error(`${child.spawnargs.join(' ')} did not start:\n${running.output()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { redirect: 'manual' }).then(
    () => true,
    () => false,
  )

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exited
  clearTimeout(impatience)
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}
