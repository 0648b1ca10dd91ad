import type { Authority } from './authority.ts'
import type { Clock } from './clock.ts'
import type { Connection, Environment, User } from './connection.ts'
import type { SignInProblem } from './guidance.ts'
import { HOT_WINDOW_MS, nextRefreshOf, type RefreshPolicy } from './refresh-schedule.ts'
import type { Resource } from './resource.ts'
import { sealTokenSet } from './seal-token-set.ts'
import type { TokenSet } from './token-endpoint.ts'
import type { TokenSealer } from './token-sealer.ts'
import type { SignedIn, TokenSets } from './token-sets.ts'

export interface StoreSignedInDependencies {
  readonly tokenSets: Pick<TokenSets, 'read' | 'connect'>
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  readonly refreshPolicy: RefreshPolicy
  readonly now: Clock
}

/** A sign-in, or an imported grant, that was proven at its environment. */
export interface ProvenSignIn {
  /** The authorization request, or the import: its own alone. */
  readonly requestId: string
  readonly connectionId: number
  readonly resource: Resource
  /** The environment was chosen with this sign-in, so that the connection may still be without one. */
  readonly bringsResource: boolean
  /** Whether another person than the one who connected before may have signed in. */
  readonly allowsUserChange: boolean
  readonly authority: Authority
  readonly tokenSet: TokenSet
  readonly user: User
  readonly environment: Environment
}

/** How often the store is tried when refreshes of the old token set keep coming first. */
const STORE_ATTEMPTS = 3

/** As it is stored, for the generation after the one that is stored now; or why it does not fit. */
export async function sealSignedIn(
  deps: StoreSignedInDependencies,
  signIn: ProvenSignIn,
): Promise<SignedIn | SignInProblem> {
  const connection = await deps.tokenSets.read(signIn.connectionId)
  if (connection === undefined) return 'connection_changed'
  return misfitOf(connection, signIn) ?? sealedAfter(deps, connection, signIn)
}

/**
 * Stores the token set of a sign-in as the next generation, whatever refresh of the old one came in
 * between.
 * @returns why it was not stored, or `undefined`.
 */
export async function storeSignedIn(
  deps: StoreSignedInDependencies,
  signIn: ProvenSignIn,
  sealed: SignedIn,
): Promise<SignInProblem | undefined> {
  let signedIn: SignedIn | SignInProblem = sealed
  for (let attempts = 0; attempts < STORE_ATTEMPTS; attempts += 1) {
    if (typeof signedIn === 'string') return signedIn
    if (await isStored(deps, signedIn)) return undefined
    signedIn = await sealSignedIn(deps, signIn)
  }
  return 'connection_changed'
}

/** Stores it, unless something else was stored since the generation that it is to follow. */
export async function isStored(
  { tokenSets }: Pick<StoreSignedInDependencies, 'tokenSets'>,
  signedIn: SignedIn,
): Promise<boolean> {
  if (await tokenSets.connect(signedIn)) return true
  // Our own write, whose acknowledgement was lost.
  return isConnectedBy(await tokenSets.read(signedIn.connectionId), signedIn.connectedBy)
}

/** Whether it was this authorization request's sign-in that connected the connection as it is stored. */
export function isConnectedBy(connection: Connection | undefined, requestId: string): boolean {
  return connection?.status === 'connected' && connection.connectedBy === requestId
}

/** Why the sign-in does not fit the connection as it is stored now. */
export function misfitOf(
  connection: Connection,
  { resource, bringsResource, allowsUserChange, user }: ProvenSignIn,
): SignInProblem | undefined {
  const isStillUnset = bringsResource && connection.resource === undefined
  if (connection.resource !== resource && !isStillUnset) return 'connection_changed'
  const before = connection.user
  return before && !allowsUserChange && !isSameUser(before, user) ? 'wrong_user' : undefined
}

/** As it is stored as the generation after the connection's. */
export async function sealedAfter(
  deps: StoreSignedInDependencies,
  { generation: expectedGeneration }: Pick<Connection, 'generation'>,
  signIn: ProvenSignIn,
): Promise<SignedIn> {
  const { connectionId, resource, bringsResource, authority, user, environment } = signIn
  const next = { connectionId, generation: expectedGeneration + 1 }
  const at = deps.now()
  const hotUntil = new Date(at.getTime() + HOT_WINDOW_MS)
  const { refreshPolicy: policy } = deps
  return {
    connectionId,
    expectedGeneration,
    resource,
    bringsResource,
    tokenSet: await sealTokenSet(deps, next, signIn.tokenSet),
    authority,
    user,
    environment,
    connectedBy: signIn.requestId,
    nextRefreshAt: nextRefreshOf({ ...signIn.tokenSet, ...next, hotUntil, policy }),
    hotUntil,
    at,
  }
}

function isSameUser(before: User, user: User): boolean {
  return before.tenantId === user.tenantId && before.objectId === user.objectId
}
