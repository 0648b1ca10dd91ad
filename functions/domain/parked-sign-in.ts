import { PARKED_GENERATION } from './authorization-request.ts'
import type { SealedTokenSet } from './connection.ts'
import type { SignInProblem } from './guidance.ts'
import { sealTokenSet } from './seal-token-set.ts'
import { digestOf, type SignInTokens } from './sign-in-token.ts'
import { spendLink } from './spend-link.ts'
import {
  isConnectedBy,
  misfitOf,
  type ProvenSignIn,
  type StoreSignedInDependencies,
  sealSignedIn,
  storeSignedIn,
} from './store-signed-in.ts'

/** How long a sign-in waits for the partner's backend. */
export const PARKED_LIFETIME_MS = 10 * 60 * 1000

/** A proven sign-in that a link led to. */
export interface LinkedSignIn extends ProvenSignIn {
  readonly signInTokenDigest: string
}

/** A proven sign-in that the partner's backend has to complete. */
export interface ParkedSignIn extends Omit<LinkedSignIn, 'tokenSet'> {
  /** The digest of the one-time completion id. */
  readonly id: string
  /**
   * Bound to {@link PARKED_GENERATION}, under which nothing that is stored of a connection opens; absent
   * once completed.
   */
  readonly tokenSet: SealedTokenSet | undefined
  readonly expiresAt: Date
}

/** The sign-ins that wait for the partner's backend. */
export interface ParkedSignIns {
  park(signIn: ParkedSignIn): Promise<void>
  find(id: string): Promise<ParkedSignIn | undefined>
  /** Forgets its tokens. */
  settle(id: string): Promise<void>
}

export interface ParkDependencies extends StoreSignedInDependencies {
  readonly signInTokens: Pick<SignInTokens, 'spend' | 'restore'>
  readonly parkedSignIns: Pick<ParkedSignIns, 'park'>
}

/**
 * Keeps a proven sign-in, sealed and unusable, until the partner's backend completes it; uses the link up.
 * @returns why it was not kept, or `undefined`.
 */
export async function parkSignIn(
  deps: ParkDependencies,
  signIn: LinkedSignIn,
  completionId: string,
): Promise<SignInProblem | undefined> {
  const { connectionId } = signIn
  const connection = await deps.tokenSets.read(connectionId)
  const misfit = connection ? misfitOf(connection, signIn) : 'connection_changed'
  if (misfit) return misfit
  const binding = { connectionId, generation: PARKED_GENERATION }
  const tokenSet = await sealTokenSet(deps, binding, signIn.tokenSet)
  const expiresAt = new Date(deps.now().getTime() + PARKED_LIFETIME_MS)
  return spendLink(deps.signInTokens, signIn, async () => {
    await deps.parkedSignIns.park({ ...signIn, id: digestOf(completionId), tokenSet, expiresAt })
    return undefined
  })
}

export interface CompleteParkedDependencies extends StoreSignedInDependencies {
  readonly parkedSignIns: Pick<ParkedSignIns, 'find' | 'settle'>
}

/** What the partner's backend completes. */
export interface Completion {
  readonly connectionId: number
  readonly completionId: string
}

/** How completing a parked sign-in ended; `unknown` also when it is too late. */
export type CompleteParkedOutcome =
  | { readonly outcome: 'connected' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'failed'; readonly problem: SignInProblem }

/**
 * Connects what was parked. The same completion once more gives the same answer and stores nothing, so
 * that whoever lost the answer may ask again.
 */
export async function completeParkedSignIn(
  deps: CompleteParkedDependencies,
  { connectionId, completionId }: Completion,
): Promise<CompleteParkedOutcome> {
  const parked = await deps.parkedSignIns.find(digestOf(completionId))
  if (parked?.connectionId !== connectionId) return { outcome: 'unknown' }
  if (isConnectedBy(await deps.tokenSets.read(connectionId), parked.requestId)) {
    await deps.parkedSignIns.settle(parked.id)
    return { outcome: 'connected' }
  }
  if (parked.tokenSet === undefined || parked.expiresAt <= deps.now()) return { outcome: 'unknown' }
  const signIn = await opened(deps, parked, parked.tokenSet)
  const sealed = await sealSignedIn(deps, signIn)
  const problem = typeof sealed === 'string' ? sealed : await storeSignedIn(deps, signIn, sealed)
  if (problem) return { outcome: 'failed', problem }
  await deps.parkedSignIns.settle(parked.id)
  return { outcome: 'connected' }
}

async function opened(
  deps: StoreSignedInDependencies,
  parked: ParkedSignIn,
  sealed: SealedTokenSet,
): Promise<ProvenSignIn> {
  const binding = { connectionId: parked.connectionId, generation: PARKED_GENERATION }
  const [accessToken, refreshToken] = await Promise.all([
    deps.accessTokens.open(binding, sealed.sealedAccessToken),
    deps.refreshTokens.open(binding, sealed.sealedRefreshToken),
  ])
  const { accessTokenExpiresAt, obtainedAt } = sealed
  const tokenSet = { accessToken, refreshToken, accessTokenExpiresAt, obtainedAt }
  return { ...parked, tokenSet }
}
