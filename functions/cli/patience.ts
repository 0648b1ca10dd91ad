import { Unavailable } from '../client/errors.ts'
import { unlessInterrupted } from './command-error.ts'
import type { Context } from './context.ts'
import { lineOf } from './problem.ts'

/** How often something is tried again after the service could not answer. */
const MOST_ATTEMPTS = 5

/** The longest wait that is worth sitting through; after that it is run again. */
const LONGEST_WAIT_SECONDS = 120

/** What no waiting mends: the owner of the app has to. */
const FUTILE_CODES: ReadonlySet<string> = new Set(['app_credential_rejected'])

/**
 * Does some work, and again when the service or Microsoft cannot answer, after as long as they ask for.
 * @throws whatever the work throws at last; Interrupted
 */
export async function patiently<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { wait, interrupted } = context.surroundings
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!mayPass(error) || attempt === MOST_ATTEMPTS) throw error
      const { retryAfterSeconds } = error
      context.terminal.say(`${lineOf(error)} Waiting ${retryAfterSeconds} s.`)
      await unlessInterrupted(interrupted, wait(retryAfterSeconds * 1000))
    }
  }
}

function mayPass(error: unknown): error is Unavailable {
  return (
    error instanceof Unavailable &&
    !FUTILE_CODES.has(error.code) &&
    error.retryAfterSeconds <= LONGEST_WAIT_SECONDS
  )
}
