import type { ConnectionStatus } from './domain/connection.ts'
import type { Who } from './domain/reason.ts'
import type { SweptOutcome } from './domain/sweep-shard.ts'

/** Where CloudWatch keeps what the functions measure. */
export const NAMESPACE = 'DynamicsConnect'

/** The one dimension of every metric: the function that measured it. More would cost more and say nothing. */
export const DIMENSION = 'service'

/** What became of a refresh, or of an event that asked for none. */
export type RefreshResult = SweptOutcome['outcome'] | 'ignored'

/** Events by what became of them in one invocation: some may come again. */
export type EventOutcome = 'published' | 'deferred' | 'unreadable'

/** What the functions measure, by name; infra/ watches it by these. */
export const METRIC = {
  /** Refreshes by what became of them. */
  refresh: (result: RefreshResult) => `Refresh.${result}`,
  /** How many connections have this status, counted every quarter of an hour. */
  connections: (status: ConnectionStatus) => `Connections.${status}`,
  /** Refreshes, or sign-ins, that Microsoft or the environment refused, by who can mend it. */
  mustAct: (who: Who) => `MustAct.${who}`,
  /** Sign-ins that Microsoft and the environment accepted. */
  signInSucceeded: 'SignIn.succeeded',
  /** Changes of state that were accepted by the bus, not accepted yet, or left out since they cannot be read. */
  events: (outcome: EventOutcome) => `Events.${outcome}`,
  /** How long the longest due connection of a shard had been due; one value for each sweep. */
  oldestDueAge: 'OldestDueAge',
  /** Refreshes that failed for so long that the grant may soon end for lack of use. */
  grantExpiring: 'GrantExpiring',
  /** Once when Microsoft stops accepting the app credential, and for each sign-in that meets it. */
  appCredentialRejected: 'AppCredential.rejected',
  /** Once when Microsoft accepts it again. */
  appCredentialRestored: 'AppCredential.restored',
  /** While Microsoft accepts the previous one and not the newest: every ten minutes for each container that asks. */
  appCredentialNewestRejected: 'AppCredential.newestRejected',
  /** Days until the app credential ends, every quarter of an hour where its end is known. */
  appCredentialDaysLeft: 'AppCredential.daysLeft',
} as const
