import type { Authority } from './authority.ts'
import type { Connection, Environment, RefreshFailure, SealedTokenSet, User } from './connection.ts'
import type { Reason } from './reason.ts'
import type { Resource } from './resource.ts'

/** The first token set of a completed sign-in, with whom and what it was proven for. */
export interface SignedIn {
  readonly connectionId: number
  /** The generation that was read; the stored one is one more. */
  readonly expectedGeneration: number
  /** The environment that the sign-in was for; the store fails when it has changed since. */
  readonly resource: Resource
  /** The environment was chosen with this sign-in, so that the connection may still be without one. */
  readonly bringsResource: boolean
  readonly tokenSet: SealedTokenSet
  readonly authority: Authority
  readonly user: User
  readonly environment: Environment
  /** The authorization request, so that it can tell its own store when the answer was lost. */
  readonly connectedBy: string
  readonly nextRefreshAt: Date
  readonly hotUntil: Date
  readonly at: Date
}

/** A token set obtained by a refresh token grant. */
export interface Refreshed {
  readonly connectionId: number
  readonly expectedGeneration: number
  readonly tokenSet: SealedTokenSet
  readonly nextRefreshAt: Date
  readonly hotUntil: Date
}

/** A refresh that did not work and ends no grant. */
export interface RefreshPostponed {
  readonly connectionId: number
  readonly expectedGeneration: number
  readonly failure: RefreshFailure
  readonly nextRefreshAt: Date
  /** Who must act, when it is not only a matter of waiting. */
  readonly reason: Reason | undefined
  readonly claims: string | undefined
}

/** Microsoft's word that a person must act. */
export interface ReauthorizationRequired {
  readonly connectionId: number
  readonly expectedGeneration: number
  readonly reason: Reason
  readonly claims: string | undefined
}

/**
 * The token sets of connections. Every write is conditional on the generation that the writer read,
 * so that a newer token set is never overwritten, and answers `false` when the condition did not hold.
 */
export interface TokenSets {
  /** Reads the connection as last stored. */
  read(connectionId: number): Promise<Connection | undefined>
  /** Connects: stores the token set as the next generation, for a connection in any status. */
  connect(signedIn: SignedIn): Promise<boolean>
  /** Stores the next generation of a connection that is still connected. */
  replace(refreshed: Refreshed): Promise<boolean>
  /** Notes the failure and when to try again; the token set stays. */
  postpone(postponed: RefreshPostponed): Promise<boolean>
  /** Notes who must act and why, and takes the connection off the schedule; the token set stays. */
  requireReauthorization(required: ReauthorizationRequired): Promise<boolean>
}

/** The connections in the order in which they are due. */
export interface DueConnections {
  /** The ids in the bucket that were due at `until`, the longest due first, read as they are taken. */
  due(bucket: number, until: Date): AsyncIterable<DueConnection>
  /**
   * Takes a connection whose item cannot be used out of the way until then, touching nothing else of
   * it, so that it stops no other.
   */
  setAside(connectionId: number, until: Date): Promise<void>
}

export interface DueConnection {
  readonly connectionId: number
  readonly dueSince: Date
}
