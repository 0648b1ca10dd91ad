import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
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

/**
 * Below what Linux (32768) and macOS (49152) choose from when a server listens on any port or a client
 * connects: one of theirs could be taken again before whoever asked for it listens.
 */
const FIRST_PORT = 20_000
const PORTS = 12_000

let asked = randomInt(PORTS)

/** A port that nobody listens on, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  asked += 1
  const port = FIRST_PORT + (asked % PORTS)
  return (await isFree(port)) ? port : freePort()
}

/** On every address: what listens on `::1` alone would answer for `localhost` too. */
function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, () => server.close(() => resolve(true)))
  return promise
}
