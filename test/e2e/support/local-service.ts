import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How to start the service for a test. */
export interface LocalServiceOptions {
  /** Beside `PORT=0` and no sweeps, unless it says otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** Kept when it is given, so that a second start finds it; otherwise made, and deleted at the end. */
  readonly stateDir?: string
}

/** The service in a process of its own, as `npm start` runs it. */
export interface RunningService {
  readonly url: string
  /** The stand-in for Microsoft; its `/admin/…` takes faults. */
  readonly microsoftUrl: string
  /** Where its functions are invoked as on Lambda. */
  readonly lambdaUrl: string
  readonly stateDir: string
  /** Of the process that all of it runs in. */
  readonly pid: number
  /** Everything that it wrote so far. */
  output(): string
  /** Ends it as Ctrl+C does. @returns its exit code. */
  stop(): Promise<number | null>
}

const START = join(import.meta.dirname, '..', '..', '..', 'infra', 'local', 'start.ts')
const PATIENCE_MS = 45_000

/** Starts the service on free ports and waits until it can be used. */
export async function startLocalService(
  options: LocalServiceOptions = {},
): Promise<RunningService> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'dynamics-connect-')))
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, PORT: '0', SWEEP_INTERVAL: '0', ...options.env }
  const child = spawn(process.execPath, [START, stateDir], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collect(child)
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGINT')
    await ended
    if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true })
    return child.exitCode
  }
  await ready(child, output).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  const url = address(output(), 'Open this')
  const microsoftUrl = address(output(), 'Microsoft')
  const lambdaUrl = address(output(), 'Lambda')
  return { url, microsoftUrl, lambdaUrl, stateDir, pid: child.pid ?? 0, output, stop }
}

function collect(child: ChildProcess): () => string {
  const pieces: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
  }
  return () => pieces.join('')
}

async function ready(child: ChildProcess, output: () => string): Promise<void> {
  const done = Promise.withResolvers<void>()
  const fail = (why: string) => done.reject(new Error(`the service ${why}:\n${output()}`))
  const timer = setTimeout(() => fail('did not start in time'), PATIENCE_MS)
  child.stdout?.on('data', () => output().includes('Ctrl+C') && done.resolve())
  child.once('close', () => fail('ended instead of starting'))
  await done.promise.finally(() => clearTimeout(timer))
}

/** The address on the line of that name, without its last slash; empty when there is none. */
function address(output: string, name: string): string {
  const [, found = ''] = new RegExp(`${name}\\s+(https?://\\S+?)/?\\s`).exec(output) ?? []
  return found
}
