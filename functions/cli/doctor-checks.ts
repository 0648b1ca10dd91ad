import type { AccountConnection } from '../client/connection.ts'
import { ClientRejected, DynamicsConnectError, RequestRefused, type Who } from '../client/errors.ts'
import { type Connected, connect, requireAnswer } from './connect.ts'
import type { Context } from './context.ts'
import type { DoctorOptions } from './doctor.ts'
import { tryConnection } from './doctor-connection.ts'
import { lineOf } from './problem.ts'
import { clockReading, type ServerClock } from './server-clock.ts'
import { WHO_ACTS } from './who.ts'

/** One thing that was looked at. */
export interface Finding {
  readonly isWell: boolean
  readonly about:
    | 'address'
    | 'clock'
    | 'API client'
    | 'connections'
    | 'people'
    | 'token'
    | 'environment'
  /** What was found and, where it is not well, what to do. */
  readonly words: string
}

/** Looks at one thing after the other, as far as one can be looked at without the one before. */
export async function* examine(context: Context, options: DoctorOptions): AsyncGenerator<Finding> {
  const clock = clockReading(context.surroundings)
  const connected = await connect(context, clock.fetch)
  const asked = await ask(connected)
  yield addressFinding(connected, asked)
  if (!asked.isTheService) return
  yield clockFinding(clock)
  yield clientFinding(connected, asked)
  if (asked.error) return
  yield* connectionFindings(connected)
  if (options.connection !== undefined) {
    const accountId = options.account ?? connected.account
    yield* tryConnection(context, connected, { id: options.connection, accountId })
  }
}

/** How the smallest question was answered. */
interface Asked {
  readonly error: DynamicsConnectError | undefined
  /** Whether it was answered as the service does. */
  readonly isTheService: boolean
}

async function ask(connected: Connected): Promise<Asked> {
  try {
    await requireAnswer(connected)
    return { error: undefined, isTheService: true }
  } catch (error) {
    if (!(error instanceof DynamicsConnectError)) throw error
    const isTheService = error instanceof ClientRejected || error instanceof RequestRefused
    return { error, isTheService }
  }
}

function addressFinding({ origin }: Connected, { error, isTheService }: Asked): Finding {
  const words = isTheService || !error ? `${origin} answers and is the service` : lineOf(error)
  return { about: 'address', isWell: isTheService, words }
}

/** Farther off, certificates and logs begin to mislead; lifetimes are counted by the service's clock anyway. */
const MOST_SECONDS_OFF = 30

function clockFinding({ aheadSeconds }: ServerClock): Finding {
  const ahead = aheadSeconds()
  if (ahead === undefined) {
    const words = 'the answers carry no date: a proxy takes it away'
    return { about: 'clock', isWell: false, words }
  }
  const off = Math.abs(ahead)
  const direction = ahead < 0 ? 'behind' : 'ahead of'
  const isWell = off <= MOST_SECONDS_OFF
  const found =
    off <= 1
      ? "this machine's clock agrees with the service's"
      : `this machine's clock is ${off} seconds ${direction} the service's`
  return { about: 'clock', isWell, words: isWell ? found : `${found}: set it, by NTP` }
}

function clientFinding({ clientId }: Connected, { error }: Asked): Finding {
  const words = error ? lineOf(error) : `${clientId} is accepted`
  return { about: 'API client', isWell: error === undefined, words }
}

async function* connectionFindings({ client }: Connected): AsyncGenerator<Finding> {
  const statuses = new Map<string, number>()
  const acting = new Map<Who, number>()
  for await (const { status, reason } of client.connections.ofAllAccounts()) {
    count(statuses, status)
    if (needsSomebody({ status, reason }) && reason) count(acting, reason.who)
  }
  const all = [...statuses].map(([status, number]) => `${number} ${status}`).join(', ')
  yield { about: 'connections', isWell: true, words: all || 'there are none yet' }
  yield peopleFinding(acting)
}

/** A connected one that waits for an administrator counts, too. */
function needsSomebody({ status, reason }: Pick<AccountConnection, 'status' | 'reason'>): boolean {
  const isAlive = status === 'connected' || status === 'reauthorization_required'
  return isAlive && reason !== undefined && reason.who !== 'nobody'
}

function peopleFinding(acting: ReadonlyMap<Who, number>): Finding {
  if (acting.size === 0) return { about: 'people', isWell: true, words: 'nobody has to act' }
  const each = [...acting].map(([who, number]) => `${number} wait for ${WHO_ACTS[who]}`)
  const words = `${each.join(', ')}: dynamics-connect connections list shows which, and show <id> what to do`
  return { about: 'people', isWell: false, words }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
