import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { RUNTIME_CLIENT } from '../../support/lambda/install.ts'

/** One function to start: a folder with `index.js`, its variables, and the event that it gets first. */
export interface ColdStart {
  readonly bundle: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly event: unknown
}

/** What one start took. */
export interface Start {
  /** From the start of the process to its first answer. */
  readonly wallMs: number
  /** What all its threads had used of a processor by then; elsewhere than on Linux it is not known. */
  readonly cpuMs: number | undefined
  readonly answer: unknown
}

/** An answer that takes longer than this never comes. */
const PATIENCE_MS = 30_000

/**
 * Starts a function as Lambda does, in a process under AWS's own runtime client, and ends it with its
 * first answer. Each start has a Runtime API of its own, so that no late request of another meets it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startOnce(function_: ColdStart): Promise<Start> {
  const answered: Answered = Promise.withResolvers()
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/next')) sendEvent(response, function_.event)
    else void takeAnswer(request, answered)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const startedAt = performance.now()
  const child = spawnFunction(function_, port)
  const ended = once(child, 'exit')
  void ended.then(() => answered.reject(new Error('the function ended before it answered')))
  const timer = setTimeout(() => answered.reject(new Error('no answer came')), PATIENCE_MS)
  try {
    const { at, answer } = await answered.promise
    return { wallMs: at - startedAt, cpuMs: cpuMsOf(child), answer }
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
    await ended
    server.close()
    server.closeAllConnections()
  }
}

type Answered = PromiseWithResolvers<{ readonly at: number; readonly answer: unknown }>

function sendEvent(response: ServerResponse, event: unknown): void {
  const headers = {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    'lambda-runtime-deadline-ms': String(Date.now() + PATIENCE_MS),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:000000000000:function:f',
    'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000',
  }
  response.writeHead(200, headers).end(JSON.stringify(event))
}

/** The process waits for what comes after its answer until it is killed. */
async function takeAnswer(request: IncomingMessage, answered: Answered): Promise<void> {
  const at = performance.now()
  const answer = await json(request)
  if (request.url?.endsWith('/response')) answered.resolve({ at, answer })
  else answered.reject(new Error(`the function failed: ${JSON.stringify(answer)}`))
}

function spawnFunction({ bundle, environment }: ColdStart, port: number): ChildProcess {
  const env = {
    ...environment,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
    AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _HANDLER: 'index.handler',
    LAMBDA_TASK_ROOT: bundle,
  }
  return spawn(process.execPath, [RUNTIME_CLIENT], {
    cwd: bundle,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** The kernel's own count, in nanoseconds, of each thread. */
function cpuMsOf({ pid }: ChildProcess): number | undefined {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    const spent = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'))
    return spent.reduce((total, text) => total + Number(text.split(' ')[0]), 0) / 1e6
  } catch {
    return undefined
  }
}
