import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RUNTIME_CLIENT } from './install.ts'
import type { WireRequest } from './step-names.ts'
import { type KillPoint, startWire, type Wire, type WireAnswer } from './wire.ts'

/** What came of one invocation. */
export type Invocation =
  | { readonly outcome: 'returned'; readonly payload: unknown }
  | { readonly outcome: 'failed'; readonly payload: unknown }
  /** The process died; `payload` is what it had answered by then, if it had. */
  | { readonly outcome: 'killed'; readonly payload: unknown }

/** One process that runs a deployed bundle under AWS's own runtime client. */
export interface Container {
  invoke(event: unknown): Promise<Invocation>
  /** Moves the clock of the process on. */
  pass(milliseconds: number): void
  readonly steps: readonly string[]
  /** Everything that it wrote to its standard output and error. */
  output(): string
  stop(): Promise<void>
}

/** How to start one. */
export interface ContainerOptions {
  readonly bundle: string
  readonly timeoutSeconds: number
  /** For a file while the process runs. */
  readonly scratchFolder: string
  /** The variables of the function, given the one address at which it finds everything. */
  readonly environment: (address: string) => Readonly<Record<string, string | undefined>>
  /** Whatever is not the Runtime API; `undefined` leaves the request without an answer. */
  readonly backend: (request: WireRequest, address: string) => Promise<WireAnswer | undefined>
  readonly kill?: KillPoint | undefined
}

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NODE_24 = join(ROOT, 'node_modules', '.bin', 'node')
const CLOCK = join(import.meta.dirname, 'clock.cjs')

/** An invocation that takes longer than this hangs, which no cell expects. */
const PATIENCE_MS = 30_000

/** @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
const RUNTIME_API = '/2018-06-01/runtime/'

interface Running {
  readonly id: string
  readonly event: unknown
  readonly settled: PromiseWithResolvers<Invocation>
}

/** Starts a process; it loads the bundle while nobody waits for it. */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  const clockFile = join(options.scratchFolder, `clock-${randomUUID()}`)
  let aheadMs = 0
  const pass = (milliseconds: number): void => {
    aheadMs += milliseconds
    writeFileSync(clockFile, String(aheadMs))
  }
  pass(0)
  const runtime = runtimeApi(() => Date.now() + aheadMs + options.timeoutSeconds * 1000)
  const wire: Wire = await startWire({
    isStep: ({ target }) => !target.endsWith('/next'),
    process: (request) =>
      request.target.startsWith(RUNTIME_API)
        ? runtime.answer(request)
        : options.backend(request, `http://127.0.0.1:${wire.port}`),
    kill: options.kill,
    onKill: () => child.kill('SIGKILL'),
  })
  const child = spawnFunction(options, { port: wire.port, clockFile })
  const output = collect(child)
  const ended = once(child, 'close').then(async () => {
    runtime.end()
    await wire.cut()
    runtime.settleKilled()
    wire.close()
    rmSync(clockFile, { force: true })
  })
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { invoke: runtime.invoke, pass, steps: wire.steps, output, stop }
}

function spawnFunction(
  { bundle, environment }: ContainerOptions,
  { port, clockFile }: { readonly port: number; readonly clockFile: string },
): ChildProcess {
  const env = {
    ...environment(`http://127.0.0.1:${port}`),
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/function',
    AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]',
    _HANDLER: 'index.handler',
    LAMBDA_TASK_ROOT: bundle,
    CLOCK_AHEAD_FILE: clockFile,
  }
  const args = ['--require', CLOCK, RUNTIME_CLIENT]
  return spawn(NODE_24, args, { cwd: bundle, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Feeds one event at a time to the process that asks for the next one. */
function runtimeApi(deadline: () => number) {
  let waiting = Promise.withResolvers<Running | undefined>()
  let running: Running | undefined
  let answered: unknown
  const settle = (invocation: Invocation) => {
    running?.settled.resolve(invocation)
    running = undefined
  }
  const invoke = async (event: unknown): Promise<Invocation> => {
    const settled = Promise.withResolvers<Invocation>()
    running = { id: randomUUID(), event, settled }
    answered = undefined
    waiting.resolve(running)
    const hangs = () => settled.reject(new Error('the invocation hangs'))
    const timer = setTimeout(hangs, PATIENCE_MS)
    return settled.promise.finally(() => clearTimeout(timer))
  }
  const next = async (): Promise<WireAnswer | undefined> => {
    // The process is through with an invocation when it asks for another one.
    const previous = answered
    if (running !== undefined && previous !== undefined) settle(previous as Invocation)
    const event = await waiting.promise
    waiting = Promise.withResolvers()
    return event && eventAnswer(event, deadline())
  }
  const answer = async ({ target, body }: WireRequest): Promise<WireAnswer | undefined> => {
    if (target.endsWith('/next')) return next()
    const outcome = target.endsWith('/response') ? 'returned' : 'failed'
    answered = { outcome, payload: JSON.parse(body) }
    if (target.endsWith('/init/error')) settle(answered as Invocation)
    return { status: 202, headers: {}, body: Buffer.from('{"status":"OK"}') }
  }
  const settleKilled = () => {
    const { payload } = (answered ?? { payload: undefined }) as { readonly payload: unknown }
    settle({ outcome: 'killed', payload })
  }
  return { invoke, answer, settleKilled, end: () => waiting.resolve(undefined) }
}

function eventAnswer({ id, event }: Running, deadline: number): WireAnswer {
  const headers = {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': String(deadline),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:000000000000:function:f',
    'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000',
  }
  return { status: 200, headers, body: Buffer.from(JSON.stringify(event)) }
}

function collect(child: ChildProcess): () => string {
  const pieces: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
  }
  return () => pieces.join('')
}
