import { randomBytes, randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'

/** What a function is told about its invocation; Node 24 no longer has the callback-style members. */
export type LambdaContext = Omit<
  Context,
  'callbackWaitsForEmptyEventLoop' | 'done' | 'fail' | 'succeed'
>

/** A function's handler, as its bundle exports it. */
export type LambdaHandler = (event: unknown, context: LambdaContext) => unknown

/** What came of one invocation. */
export type Invocation =
  | { readonly outcome: 'returned'; readonly payload: unknown }
  | { readonly outcome: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly outcome: 'no_such_function' }

/** Plays Lambda: runs a function, by its name, in this process. */
export interface LambdaRuntime {
  invoke(functionName: string, event: unknown): Promise<Invocation>
}

/** The functions of a runtime, and where it tells what they threw. */
export interface LambdaRuntimeOptions {
  readonly handlers: Readonly<Record<string, LambdaHandler>>
  /** By function; 10 seconds for one that is not named. */
  readonly timeoutSeconds?: Readonly<Record<string, number>>
  readonly log?: (line: string) => void
}

const DEFAULT_TIMEOUT_SECONDS = 10
const REGION = 'us-east-1'

/** The AWS account that the stand-ins pretend to be in. */
export const LOCAL_ACCOUNT = '000000000000'

/** A runtime over handlers in this process. Event and result go through JSON, as they do on Lambda. */
export function createLambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  return {
    invoke: async (functionName, event) => {
      const handler = Object.hasOwn(options.handlers, functionName)
        ? options.handlers[functionName]
        : undefined
      if (handler === undefined) return { outcome: 'no_such_function' }
      const seconds = options.timeoutSeconds?.[functionName] ?? DEFAULT_TIMEOUT_SECONDS
      const context = createContext(functionName, seconds)
      try {
        const run = async () => handler(viaJson(event), context)
        return { outcome: 'returned', payload: viaJson(await within(run(), seconds)) }
      } catch (error) {
        options.log?.(`${functionName} failed: ${stackOf(error)}`)
        return failed(error)
      }
    },
  }
}

function createContext(functionName: string, timeoutSeconds: number): LambdaContext {
  const deadline = Date.now() + timeoutSeconds * 1000
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(functionName),
    memoryLimitInMB: '1024',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

/** The ARN of a function in the account that the stand-ins pretend to be in. */
export function functionArn(functionName: string): string {
  return `arn:aws:lambda:${REGION}:${LOCAL_ACCOUNT}:function:${functionName}`
}

async function within(run: Promise<unknown>, seconds: number): Promise<unknown> {
  const timedOut = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => timedOut.reject(new TaskTimedOut(`Task timed out after ${seconds.toFixed(2)} seconds`)),
    seconds * 1000,
  )
  try {
    return await Promise.race([run, timedOut.promise])
  } finally {
    clearTimeout(timer)
  }
}

class TaskTimedOut extends Error {
  override readonly name = 'Sandbox.Timedout'
}

function failed(error: unknown): Invocation {
  return error instanceof Error
    ? { outcome: 'failed', errorType: error.name, errorMessage: error.message }
    : { outcome: 'failed', errorType: typeof error, errorMessage: String(error) }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What JSON cannot say is lost on the way, and nothing is said by `null`. */
function viaJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null')
}
