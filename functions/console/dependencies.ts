import type { ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import type { Connections } from '../domain/connections.ts'
import type { ConsoleSessions } from '../domain/console-session.ts'
import type { SignInAttempts } from '../domain/sign-in-attempts.ts'
import type { HostCookie } from '../http/host-cookie.ts'
import type { ViewOf } from '../http/view.ts'
import type { EventLog } from '../logger.ts'
import type { ConnectionsDependencies } from './connections/dependencies.ts'
import type { SetupDependencies } from './setup/dependencies.ts'

/** The cookies of the console. */
export interface ConsoleCookies {
  /** The secret of the session. */
  readonly session: HostCookie
  /** A secret that the forms of somebody who is not signed in are tied to. */
  readonly visitor: HostCookie
  /** The language that was chosen. */
  readonly language: HostCookie
}

/** What letting somebody in needs. */
export interface DoorDependencies {
  readonly consoleSessions: ConsoleSessions
  readonly signInAttempts: SignInAttempts
  readonly readApiAccess: ReadApiAccess
  readonly cookies: ConsoleCookies
  readonly now: Clock
  readonly log: EventLog
}

export interface ConsoleDependencies
  extends DoorDependencies,
    ConnectionsDependencies,
    SetupDependencies {
  readonly connections: Connections
  readonly viewOf: ViewOf
  readonly publicUrl: string
}
