import fc from 'fast-check'
import { onTestFinished } from 'vitest'
import type { MakeBackend } from './backend.ts'
import { histories, throwIfViolated } from './commands.ts'
import { conclude, mend } from './conclude.ts'
import { type Stage, stage } from './stage.ts'
import { type System, system } from './system.ts'
import type { WireServer } from './wire.ts'

export interface HistoriesOptions {
  readonly makeBackend: MakeBackend
  /** Where given, token requests go through the real adapter. */
  readonly wireServer?: WireServer
  readonly count: number
  readonly longest: number
}

/** What repeats a failure: the environment variables of the same names. */
export interface Repeat {
  readonly seed: number | undefined
  readonly path: string | undefined
  readonly replayPath: string | undefined
}

const MODE = fc.constantFrom<'lenient' | 'strict'>('lenient', 'lenient', 'lenient', 'strict')

/** What went wrong in a history, with all that happened in it. */
class HistoryFailure extends Error {
  override readonly name = 'HistoryFailure'
  readonly trace: readonly string[]

  constructor(trace: readonly string[], { cause }: { readonly cause: unknown }) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.trace = trace
  }
}

/** Runs histories until one shows what must not happen. @throws Error with that history, shrunk. */
export async function runHistories(options: HistoriesOptions, repeat: Repeat): Promise<void> {
  let current: Stage | undefined
  const { timeout } = AbortSignal
  AbortSignal.timeout = (ms) => current?.timeout(ms) ?? timeout.call(AbortSignal, ms)
  onTestFinished(() => {
    AbortSignal.timeout = timeout
  })
  const { makeBackend, wireServer } = options

  const property = fc.asyncProperty(
    fc.scheduler(),
    MODE,
    histories(options.longest, repeat.replayPath),
    async (scheduler, mode, commands) => {
      const here = stage(scheduler)
      current = here
      try {
        const real = await system({ stage: here, makeBackend, wireServer, mode })
        await withinReason(async () => {
          await connectAll(real)
          await runHistory(real, commands)
        })
      } catch (error) {
        throw new HistoryFailure(here.trace, { cause: error })
      }
    },
  )
  const { seed, path } = repeat
  const details = await fc.check(property, {
    numRuns: options.count,
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  })
  if (details.failed) throw new Error(reportOf(details))
}

/** No history takes as long on any machine; one that does waits for what never comes. */
const LONGEST_HISTORY_MS = 60_000

async function withinReason(run: () => Promise<void>): Promise<void> {
  const { promise: stuck, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('it is stuck')), LONGEST_HISTORY_MS)
  await Promise.race([run(), stuck]).finally(() => clearTimeout(timer))
}

async function runHistory(
  real: System,
  commands: Iterable<fc.AsyncCommand<object, System>>,
): Promise<void> {
  await fc.asyncModelRun(() => ({ model: {}, real }), commands)
  await mend(real)
  throwIfViolated(real)
  // What must not happen may stop the conclusion as well; it is the better name for what went wrong.
  await conclude(real).finally(() => throwIfViolated(real))
}

/** Every connection is connected before the history begins. */
async function connectAll(real: System): Promise<void> {
  real.stage.direct(true)
  for (const slot of real.slots) await (await real.signIn(slot, 0))?.done
  real.stage.direct(false)
  throwIfViolated(real)
}

type Failed = Pick<
  fc.RunDetails<unknown>,
  'errorInstance' | 'counterexample' | 'seed' | 'counterexamplePath' | 'numShrinks' | 'numRuns'
>

/** The shrunk history, what happened in it, and how to see it again. */
function reportOf(details: Failed): string {
  const { errorInstance, counterexample, seed, counterexamplePath, numShrinks, numRuns } = details
  const [, mode, commands] = (counterexample ?? []) as readonly unknown[]
  const trace = errorInstance instanceof HistoryFailure ? errorInstance.trace : []
  const replayPath = /replayPath="([^"]*)"/.exec(String(commands))?.[1]
  const variables = [
    `MODEL_SEED=${seed}`,
    `MODEL_PATH=${counterexamplePath}`,
    ...(replayPath === undefined ? [] : [`MODEL_REPLAY='${replayPath}'`]),
  ]
  return [
    String(errorInstance),
    `after ${numRuns} histories, ${numShrinks} times shrunk; Entra is ${mode}`,
    `again: ${variables.join(' ')} npx vitest run --project model`,
    `history: ${String(commands)}`,
    ...trace.map((line) => `  ${line}`),
  ].join('\n')
}
