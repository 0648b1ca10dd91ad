import { applyEnvironment } from '../../infra/local/function-environment.ts'
import type { LambdaHandler } from '../../infra/local/lambda-runtime.ts'
import { loadHandlers } from '../../infra/local/load-handlers.ts'
import { requireGood } from './cold/require-good.ts'

/** A function to call over and over. */
export interface WarmFunction {
  readonly name: string
  readonly bundle: string
  readonly event: unknown
}

export interface WarmTask {
  readonly functions: readonly WarmFunction[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly rounds: number
  /** Of each function in each round, one after the other. */
  readonly requests: number
}

/** Rounds before it counts: until then V8 is still compiling. */
const WARM_UP_ROUNDS = 5

const task: WarmTask = JSON.parse(process.argv[2] ?? '')
applyEnvironment(task.environment)
const handlers = loadHandlers(task.functions.map(({ name, bundle }) => ({ name, folder: bundle })))

const spent = new Map<string, number[]>(task.functions.map(({ name }) => [name, []]))
for (let round = -WARM_UP_ROUNDS; round < task.rounds; round += 1) {
  for (const function_ of task.functions) {
    const microseconds = await measured(function_)
    if (round >= 0) spent.get(function_.name)?.push(microseconds)
  }
}
process.stdout.write(JSON.stringify(Object.fromEntries(spent)))
process.exit()

/** @returns the microseconds of a processor that a request took, with what it costs to collect its garbage. */
async function measured({ name, event }: WarmFunction): Promise<number> {
  const handler = handlers[name]
  if (handler === undefined) throw new Error(`${name} is not there`)
  const before = process.cpuUsage()
  for (let request = 0; request < task.requests; request += 1) await call(handler, { name, event })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / task.requests
}

async function call(
  handler: LambdaHandler,
  { name, event }: Pick<WarmFunction, 'name' | 'event'>,
): Promise<void> {
  const context = { getRemainingTimeInMillis: () => 30_000 } as Parameters<LambdaHandler>[1]
  requireGood(name, await handler(event, context))
}
