import type { AuthorizationRequests } from '../../functions/domain/authorization-request.ts'
import type { Clock } from '../../functions/domain/clock.ts'
import { dueBucketOf } from '../../functions/domain/due-bucket.ts'
import type { RefreshBrakes } from '../../functions/domain/refresh-brakes.ts'
import type { RefreshClaims } from '../../functions/domain/refresh-claims.ts'
import type { SignInTokens } from '../../functions/domain/sign-in-token.ts'
import { memoryAuthorizationRequests } from '../fakes/memory-authorization-requests.ts'
import { type ConnectionStore, memoryConnectionStore } from '../fakes/memory-connection-store.ts'
import { memoryRefreshBrakes } from '../fakes/memory-refresh-brakes.ts'
import { memoryRefreshClaims } from '../fakes/memory-refresh-claims.ts'
import { memorySignInTokens } from '../fakes/memory-sign-in-tokens.ts'

/** Every port that stores something, empty at first. */
export interface Backend extends Omit<ConnectionStore, 'countConnections'> {
  readonly refreshClaims: RefreshClaims
  readonly refreshBrakes: RefreshBrakes
  readonly signInTokens: SignInTokens
  readonly authorizationRequests: AuthorizationRequests
}

export type MakeBackend = (now: Clock) => Promise<Backend>

/** The bucket that all connections of the model are in, so that one sweep meets several. */
export const BUCKET = 5

/** Ids in that bucket, the same in every history, so that a history can be repeated. */
export function* idsInBucket(): Generator<number> {
  for (let id = 1; ; id += 1) if (dueBucketOf(id) === BUCKET) yield id
}

export const memoryBackend: MakeBackend = async (now) => {
  const ids = idsInBucket()
  const store = memoryConnectionStore(now, () => ids.next().value ?? 0)
  return {
    ...store,
    refreshClaims: memoryRefreshClaims(),
    refreshBrakes: memoryRefreshBrakes(),
    signInTokens: memorySignInTokens(),
    authorizationRequests: memoryAuthorizationRequests(),
  }
}
