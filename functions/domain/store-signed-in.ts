import type { AuthorizationRequest } from './authorization-request.ts'
import type { Clock } from './clock.ts'
import type { Connection, Environment, User } from './connection.ts'
import type { SignInProblem } from './guidance.ts'
import { HOT_WINDOW_MS, nextRefreshOf, type RefreshPolicy } from './refresh-schedule.ts'
import { sealTokenSet } from './seal-token-set.ts'
import type { SignInTokens } from './sign-in-token.ts'
import type { RedeemedCode } from './token-endpoint.ts'
import type { TokenSealer } from './token-sealer.ts'
import type { SignedIn, TokenSets } from './token-sets.ts'

export interface StoreSignedInDependencies {
  readonly signInTokens: SignInTokens
  readonly tokenSets: TokenSets
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  readonly refreshPolicy: RefreshPolicy
  readonly now: Clock
}

/** A sign-in that was proven at its environment. */
export interface ProvenSignIn {
  readonly request: AuthorizationRequest
  readonly redeemed: RedeemedCode
  readonly environment: Environment
}

/** How often the store is tried when refreshes of the old token set keep coming first. */
const STORE_ATTEMPTS = 3

/**
 * Stores the token set of a sign-in as the next generation, whatever refresh of the old one came in
 * between, and uses the link up. The link is spent last before the store, when everything else is
 * ready, and given back when nothing was connected with it.
 * @returns why it was not stored, or `undefined`.
 */
export async function storeSignedIn(
  deps: StoreSignedInDependencies,
  signIn: ProvenSignIn,
): Promise<SignInProblem | undefined> {
  const first = await sealedForNow(deps, signIn)
  if (typeof first === 'string') return first
  const { id, signInTokenDigest } = signIn.request
  if (!(await deps.signInTokens.spend(signInTokenDigest, id))) return 'link_used'
  let problem: SignInProblem | undefined = 'connection_changed'
  try {
    problem = await storeNewest(deps, signIn, first)
    return problem
  } finally {
    if (problem) await deps.signInTokens.restore(signInTokenDigest, id)
  }
}

/** Whether it was this request's sign-in that connected the connection as it is stored. */
export function isConnectedBy(
  connection: Connection | undefined,
  request: AuthorizationRequest,
): boolean {
  return connection?.status === 'connected' && connection.connectedBy === request.id
}

async function storeNewest(
  deps: StoreSignedInDependencies,
  signIn: ProvenSignIn,
  first: SignedIn,
): Promise<SignInProblem | undefined> {
  let signedIn: SignedIn | SignInProblem = first
  for (let attempts = 0; attempts < STORE_ATTEMPTS; attempts += 1) {
    if (typeof signedIn === 'string') return signedIn
    if (await deps.tokenSets.connect(signedIn)) return undefined
    const stored = await deps.tokenSets.read(signIn.request.connectionId)
    // Our own write, whose acknowledgement was lost.
    if (isConnectedBy(stored, signIn.request)) return undefined
    signedIn = await sealedForNow(deps, signIn)
  }
  return 'connection_changed'
}

/** Sealed for the generation after the one that is stored now, or why this sign-in does not fit. */
async function sealedForNow(
  deps: StoreSignedInDependencies,
  { request, redeemed, environment }: ProvenSignIn,
): Promise<SignedIn | SignInProblem> {
  const connection = await deps.tokenSets.read(request.connectionId)
  if (connection?.resource !== request.resource) return 'connection_changed'
  const pinned = connection.user
  if (pinned && !isSameUser(pinned, redeemed.user)) return 'wrong_user'
  const next = { connectionId: connection.id, generation: connection.generation + 1 }
  const at = deps.now()
  const hotUntil = new Date(at.getTime() + HOT_WINDOW_MS)
  const { refreshPolicy: policy } = deps
  return {
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    resource: request.resource,
    tokenSet: await sealTokenSet(deps, next, redeemed.tokenSet),
    authority: request.authority,
    user: redeemed.user,
    environment,
    connectedBy: request.id,
    nextRefreshAt: nextRefreshOf({ ...redeemed.tokenSet, ...next, hotUntil, policy }),
    hotUntil,
    at,
  }
}

function isSameUser(pinned: User, user: User): boolean {
  return pinned.tenantId === user.tenantId && pinned.objectId === user.objectId
}
