import { type Answer, type RawAnswer, serverTimeOf } from './answer.ts'
import { Unavailable } from './errors.ts'
import { type Failure, failureOf, noAnswer, notTheService } from './failure.ts'
import type { Settings } from './settings.ts'
import type { Timing } from './timing.ts'

/** Longer than API Gateway gives the service. */
const REQUEST_TIMEOUT_MS = 35 * 1000

/** The longest that one call waits between its attempts, all in all; what takes longer is the caller's to plan. */
const LONGEST_WAIT_MS = 10 * 1000

/** Waits before the further attempts, where the service names none. */
const BACKOFF_MS: readonly number[] = [300, 1500]

/** What no second attempt mends: a person has to; or what has kept the caller waiting long enough. */
const FUTILE_CODES: ReadonlySet<string> = new Set([
  'app_credential_rejected',
  'validity_unavailable',
  'timed_out',
])

/** One request to the service. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Doing it twice is as good as once. */
  readonly isRepeatable: boolean
}

/**
 * Sends a call and reads its answer; repeats it where that is safe and may help.
 * @throws DynamicsConnectError
 */
export type Send = (call: Call) => Promise<Answer>

/** A sender to the service of these settings. */
export function sender(settings: Settings, timing: Timing): Send {
  return async (call) => {
    let patienceMs = LONGEST_WAIT_MS
    for (let attempt = 0; ; attempt += 1) {
      const ended = await attemptOnce(settings, timing, call)
      if (!('error' in ended)) return ended
      const waitMs = waitBeforeNext(call, ended, attempt)
      if (waitMs === undefined || waitMs > patienceMs) throw ended.error
      patienceMs -= waitMs
      await timing.wait(waitMs)
    }
  }
}

/** `undefined`: there is to be no further attempt. */
function waitBeforeNext(
  { isRepeatable }: Call,
  { error, toldWaitMs }: Failure,
  attempt: number,
): number | undefined {
  // Too many requests: it was turned away at the door, and nothing was done.
  const isSafe = isRepeatable || error.status === 429
  const mayHelp = error instanceof Unavailable && !FUTILE_CODES.has(error.code)
  const backoffMs = BACKOFF_MS[attempt]
  if (!isSafe || !mayHelp || backoffMs === undefined) return undefined
  return toldWaitMs ?? backoffMs
}

async function attemptOnce(
  settings: Settings,
  timing: Timing,
  call: Call,
): Promise<Answer | Failure> {
  const sentAt = timing.now()
  let raw: RawAnswer
  try {
    raw = await rawAnswer(settings, call, sentAt)
  } catch (error) {
    return noAnswer(settings.origin, error, call.isRepeatable)
  }
  const json = parsed(raw.text)
  const isSuccess = raw.status >= 200 && raw.status < 300
  if (!isSuccess) return failureOf(raw, json)
  if (json === undefined) return { error: notTheService(raw), toldWaitMs: undefined }
  return { json, sentAt, serverTime: serverTimeOf(raw) }
}

async function rawAnswer(
  { origin, fetch }: Settings,
  { method, path, headers, body }: Call,
  sentAt: number,
): Promise<RawAnswer> {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: { accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
    // A redirect would carry the secret to wherever it leads.
    redirect: 'manual',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  const { status, headers: told } = answer
  return { origin, sentAt, status, headers: told, text: await answer.text() }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
