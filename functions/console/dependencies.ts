import type { ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import type { ConnectionHistory } from '../domain/connection-history.ts'
import type { Connections } from '../domain/connections.ts'
import type { ConsoleAccessStore } from '../domain/console-access.ts'
import type { ConsoleSessions } from '../domain/console-session.ts'
import type { PartnerSettingsStore } from '../domain/partner-settings.ts'
import type { PeopleSignIn } from '../domain/people-sign-in.ts'
import type { SignInAttempts } from '../domain/sign-in-attempts.ts'
import type { HostCookie } from '../http/host-cookie.ts'
import type { ViewOf } from '../http/view.ts'
import type { EventLog } from '../logger.ts'
import type { AccessDependencies } from './access/access-dependencies.ts'
import type { ConnectionsDependencies } from './connections/dependencies.ts'
import type { HealthDependencies } from './health/health-dependencies.ts'
import type { SetupDependencies } from './setup/dependencies.ts'

/** The cookies of the console. */
export interface ConsoleCookies {
  /** The secret of the session. */
  readonly session: HostCookie
  /** A secret that the forms of somebody who is not signed in are tied to. */
  readonly visitor: HostCookie
  /** A sign-in that was begun at the provider: its secrets, and where to go after it. */
  readonly begun: HostCookie
  /** The language that was chosen. */
  readonly language: HostCookie
}

/** What letting somebody in needs. */
export interface DoorDependencies {
  readonly consoleSessions: ConsoleSessions
  readonly signInAttempts: SignInAttempts
  readonly readApiAccess: ReadApiAccess
  readonly consoleAccess: ConsoleAccessStore
  readonly people: PeopleSignIn
  readonly cookies: ConsoleCookies
  readonly publicUrl: string
  readonly now: Clock
  readonly log: EventLog
}

export interface ConsoleDependencies
  extends AccessDependencies,
    ConnectionsDependencies,
    HealthDependencies,
    SetupDependencies {
  readonly connections: Connections
  readonly history: ConnectionHistory
  readonly partnerSettings: PartnerSettingsStore
  readonly viewOf: ViewOf
}
