import fc from 'fast-check'
import { ServiceError } from '../../functions/domain/service-error.ts'
import { T0 } from '../fakes/hand-clock.ts'

/** What one invocation of a function does, from its start to its answer or its death. */
export interface Operation {
  /** Such as `#3 refresh c1`. */
  readonly name: string
  readonly kind: 'refresh' | 'sweep' | 'token' | 'sign-in' | 'management'
  /** How far the clock of its machine is off, in milliseconds. */
  readonly skew: number
  readonly startedAt: Date
  /** What it answered, or threw; rejected when it crashed. */
  readonly done: Promise<unknown>
  isEnded(): boolean
}

/** Where operations meet: each of their calls happens at a moment that the scheduler chooses. */
export interface Stage {
  /** What time it truly is. */
  readonly now: () => Date
  advance(ms: number): void
  /** A signal that aborts when so much of this stage's time has passed. */
  timeout(ms: number): AbortSignal
  /** Starts an operation; it runs to its first call. */
  start(operation: Pick<Operation, 'name' | 'kind' | 'skew'>, run: Run, ended?: Ended): Operation
  /** A call of an operation: it waits for its turn, and never returns to an operation that is dead. */
  call<T>(operation: Operation, label: string, effect: () => T | Promise<T>): Promise<T>
  /** Keeps the stage waiting, for work between two calls that takes more than a turn; ends when called. */
  hold(): () => void
  /** Stops an operation for good, between two of its calls. */
  crash(operation: Operation): void
  /** The operations that have not ended. */
  running(): readonly Operation[]
  /** Lets so many calls happen; fewer when nothing is left to happen. */
  step(count: number): Promise<void>
  /** Lets everything happen that is under way. */
  settle(): Promise<void>
  /** Whether calls happen at once, as they come. */
  direct(isDirect: boolean): void
  /** How many calls have happened. */
  readonly moment: () => number
  note(line: string): void
  /** What happened, in order. */
  readonly trace: readonly string[]
}

type Run = (operation: Operation) => Promise<unknown>
type Ended = (operation: Operation, result: Result) => void
export type Result = { readonly answer: unknown } | { readonly error: unknown }

interface Running {
  readonly operation: Operation
  readonly reject: (error: unknown) => void
  isDead: boolean
}

const NEVER = new Promise<never>(() => {})
/** How long a call takes. */
const CALL_MS = 10

/** No history needs more; one that does runs in circles. */
const LONGEST_SETTLING = 3000

export function stage(scheduler: fc.Scheduler): Stage {
  let time = T0.getTime()
  let moment = 0
  let busy = 0
  let isDirect = false
  const timers = new Map<AbortController, number>()
  const running = new Map<Operation, Running>()
  const trace: string[] = []
  const note = (line: string) => {
    trace.push(`${new Date(time - T0.getTime()).toISOString().slice(8, 23)} ${line}`)
  }

  const advance = (ms: number) => {
    time += ms
    for (const [controller, until] of timers) {
      if (until > time) continue
      timers.delete(controller)
      controller.abort(new DOMException('timed out', 'TimeoutError'))
    }
  }
  /** Lets everything go on to its next call; a sweep that lets others go first takes a second turn. */
  const quiet = async () => {
    for (let calmTurns = 0; calmTurns < 2; ) {
      await new Promise(setImmediate)
      calmTurns = busy > 0 ? 0 : calmTurns + 1
    }
  }
  const take = async <T>(operation: Operation, label: string, effect: () => T | Promise<T>) => {
    moment += 1
    busy += 1
    advance(CALL_MS)
    try {
      const answer = await effect()
      note(`${operation.name}: ${label}`)
      return answer
    } catch (error) {
      note(`${operation.name}: ${label} ✗ ${nameOf(error)}`)
      throw error
    } finally {
      busy -= 1
    }
  }

  return {
    now: () => new Date(time),
    advance,
    timeout: (ms) => {
      const controller = new AbortController()
      timers.set(controller, time + ms)
      return controller.signal
    },
    start: (operation, run, ended) => {
      const { promise: done, resolve, reject } = Promise.withResolvers<unknown>()
      done.catch(() => undefined)
      const startedAt = new Date(time)
      const whole: Operation = { ...operation, startedAt, done, isEnded: () => !running.has(whole) }
      const state: Running = { operation: whole, reject, isDead: false }
      const end = (result: Result) => {
        // Whoever has answered is frozen: what is left of it never goes on.
        state.isDead = true
        if (!running.delete(whole)) return
        note(
          `${whole.name} ${'error' in result ? `threw ${nameOf(result.error)}` : `→ ${briefly(result.answer)}`}`,
        )
        ended?.(whole, result)
        if ('error' in result) reject(result.error)
        else resolve(result.answer)
      }
      running.set(whole, state)
      run(whole).then(
        (answer) => end({ answer }),
        (error: unknown) => end({ error }),
      )
      return whole
    },
    call: async (operation, label, effect) => {
      const state = running.get(operation)
      if (state === undefined || state.isDead) return NEVER
      if (!isDirect) await scheduler.schedule(Promise.resolve(), `${operation.name}: ${label}`)
      return state.isDead ? NEVER : take(operation, label, effect)
    },
    hold: () => {
      busy += 1
      let isHeld = true
      return () => {
        if (isHeld) busy -= 1
        isHeld = false
      }
    },
    crash: (operation) => {
      const state = running.get(operation)
      if (state === undefined) return
      state.isDead = true
      running.delete(operation)
      note(`${operation.name} crashed`)
      const gone = { code: 'refresh_unavailable' } as const
      state.reject(new ServiceError('the function did not answer', gone))
    },
    running: () => [...running.keys()],
    step: async (count) => {
      for (let n = 0; n < count && scheduler.count() > 0; n += 1) {
        await scheduler.waitOne()
        await quiet()
      }
    },
    settle: async () => {
      for (let n = 0; scheduler.count() > 0; n += 1) {
        if (n === LONGEST_SETTLING) throw new Error('what is under way runs in circles')
        await scheduler.waitOne()
        await quiet()
      }
    },
    direct: (isOn) => {
      isDirect = isOn
    },
    moment: () => moment,
    note,
    trace,
  }
}

export function nameOf(error: unknown): string {
  if (error instanceof ServiceError) return error.code
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** An answer in a few words. */
function briefly(answer: unknown): string {
  return fc
    .stringify(answer)
    .replaceAll(/"([a-zA-Z]+)":/g, '$1: ')
    .slice(0, 160)
}
