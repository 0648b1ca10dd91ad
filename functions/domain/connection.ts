import type { Authority } from './authority.ts'
import type { Reason } from './reason.ts'
import type { Resource } from './resource.ts'

/**
 * - `pending`: nobody has signed in yet
 * - `connected`: the service holds a working grant and renews it
 * - `reauthorization_required`: Microsoft says that a person must act
 * - `disconnected`: the partner asked to forget the tokens
 */
export type ConnectionStatus = 'pending' | 'connected' | 'reauthorization_required' | 'disconnected'

/** Who signed in. Identified by tenant and object id; the rest is for display. */
export interface User {
  readonly tenantId: string
  readonly objectId: string
  readonly name: string | undefined
  readonly username: string | undefined
  /** Preselects the same account on a reconnect. */
  readonly loginHint: string | undefined
}

/** What WhoAmI said when the sign-in was proven. */
export interface Environment {
  readonly organizationId: string
  readonly userId: string
  readonly businessUnitId: string
}

/** A stored token set: both tokens sealed, bound to their connection, kind and generation. */
export interface SealedTokenSet {
  readonly sealedAccessToken: Uint8Array
  readonly sealedRefreshToken: Uint8Array
  readonly accessTokenExpiresAt: Date
  readonly obtainedAt: Date
}

/** The last refresh that did not work, kept while the connection stays as it is. */
export interface RefreshFailure {
  readonly code: string
  readonly at: Date
  /** How many have failed in a row. */
  readonly count: number
}

/** One account's link to one Dataverse environment. */
export interface Connection {
  readonly id: number
  readonly accountId: string
  readonly name: string
  readonly description: string | undefined
  readonly status: ConnectionStatus
  /** Why somebody must act: a person who signs in again, or while still connected somebody else. */
  readonly reason: Reason | undefined
  /** Microsoft's claims challenge, for the next sign-in. */
  readonly claims: string | undefined
  readonly resource: Resource | undefined
  /** Grows by one with every stored token set and never shrinks; 0 before the first. */
  readonly generation: number
  readonly tokenSet: SealedTokenSet | undefined
  readonly authority: Authority | undefined
  readonly user: User | undefined
  readonly environment: Environment | undefined
  readonly createdAt: Date
  readonly connectedAt: Date | undefined
  /** The authorization request whose sign-in it was. */
  readonly connectedBy: string | undefined
  readonly refreshedAt: Date | undefined
  readonly nextRefreshAt: Date | undefined
  /** Until when its token is kept fresh, since somebody asked for it. */
  readonly hotUntil: Date | undefined
  readonly failure: RefreshFailure | undefined
}

/** A connection that holds a grant, with what renewing it needs. */
export interface ConnectedConnection extends Connection {
  readonly status: 'connected'
  readonly resource: Resource
  readonly tokenSet: SealedTokenSet
  readonly authority: Authority
  readonly user: User
}

/** Whether the connection holds a grant that can be used and renewed. */
export function isConnected(connection: Connection): connection is ConnectedConnection {
  const holdsGrant =
    connection.tokenSet !== undefined &&
    connection.authority !== undefined &&
    connection.user !== undefined
  return connection.status === 'connected' && connection.resource !== undefined && holdsGrant
}
