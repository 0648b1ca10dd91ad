import type { AppCredentials } from './app-credentials.ts'
import {
  type AuthorizationOutcome,
  type AuthorizationRequest,
  type AuthorizationRequests,
  browserBindingOf,
  type OfferedEnvironments,
  type OwnAuthorizationRequest,
  PARKED_GENERATION,
} from './authorization-request.ts'
import { type CloudName, cloudNamed } from './clouds.ts'
import { type ConnectDependencies, connectSignedIn } from './connect-signed-in.ts'
import type { EnvironmentDirectory, ListedEnvironment } from './environment-directory.ts'
import { reasonOfProblem, type SignInProblem } from './guidance.ts'
import { accountProblem } from './prove-tokens.ts'
import { failedRedemption, redeemAuthorization } from './redeem-authorization.ts'
import type { RedeemedGrant, TokenEndpoint } from './token-endpoint.ts'
import type { Wait } from './wait.ts'

export interface OfferDependencies extends Pick<ConnectDependencies, 'refreshTokens' | 'now'> {
  readonly environmentDirectory: EnvironmentDirectory
}

/** Somebody signed in to find an environment. */
export interface SignInToFind {
  readonly request: AuthorizationRequest
  readonly cloud: CloudName
  readonly redeemed: RedeemedGrant
  readonly signal: AbortSignal
}

/**
 * Lists the environments of whoever signed in, and keeps the refresh token, sealed and unusable, for the
 * one that will be picked: it serves every environment of the organization, so that nobody signs in twice.
 */
export async function offerEnvironments(
  deps: OfferDependencies,
  { request, cloud, redeemed, signal }: SignInToFind,
): Promise<AuthorizationOutcome> {
  const { tokenSet, user } = redeemed
  const failed = (problem: SignInProblem): AuthorizationOutcome => ({
    outcome: 'failed',
    reason: reasonOfProblem(problem, deps.now()),
    account: user.username,
  })
  const wrongAccount = accountProblem(request, user)
  if (wrongAccount) return failed(wrongAccount)
  const listed = await deps.environmentDirectory.list(
    cloudNamed(cloud),
    tokenSet.accessToken,
    signal,
  )
  if (listed.outcome === 'rejected') return failed('environment_rejected_token')
  if (listed.outcome === 'unavailable') return failed('microsoft_unavailable')
  const { environments } = listed
  if (environments.length === 0) return failed('no_environments_found')
  const binding = { connectionId: request.connectionId, generation: PARKED_GENERATION }
  const sealedRefreshToken = await deps.refreshTokens.seal(binding, tokenSet.refreshToken)
  return { outcome: 'environments_offered', environments, user, sealedRefreshToken }
}

export interface ChooseDependencies extends ConnectDependencies {
  readonly authorizationRequests: Pick<AuthorizationRequests, 'find' | 'complete'>
  readonly tokenEndpoint: Pick<TokenEndpoint, 'refresh'>
  readonly appCredentials: AppCredentials
  readonly wait: Wait
}

/** A person picked from the offered environments; `undefined` to see them once more. */
export interface Choice {
  readonly own: OwnAuthorizationRequest
  readonly resource: string | undefined
  readonly signal: AbortSignal
}

export type ChoiceOutcome =
  | {
      readonly outcome: 'ended'
      readonly request: AuthorizationRequest
      readonly result: AuthorizationOutcome
      /** Whether there are other environments to pick, should this one have failed. */
      readonly hasOthers?: boolean
    }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'unknown' }

/**
 * Connects the environment that was picked, with the refresh token of the sign-in that listed it. One that
 * does not work leaves the offer as it is, for another.
 */
export async function chooseEnvironment(
  deps: ChooseDependencies,
  choice: Choice,
): Promise<ChoiceOutcome> {
  const { id, browserSecret } = choice.own
  const kept = await deps.authorizationRequests.find(id, browserBindingOf(browserSecret))
  if (kept?.result === undefined) return { outcome: 'unknown' }
  const { request, result: offer } = kept
  if (offer.outcome !== 'environments_offered') return { outcome: 'ended', request, result: offer }
  if (request.expiresAt <= deps.now()) return { outcome: 'expired' }
  // Only what was offered counts; a form can say anything.
  const chosen = offer.environments.find(({ resource }) => resource === choice.resource)
  if (chosen === undefined) return { outcome: 'ended', request, result: offer }
  const result = await connectChosen(deps, { request, offer, chosen, choice })
  if (result.outcome !== 'failed') await deps.authorizationRequests.complete(id, result)
  return { outcome: 'ended', request, result, hasOthers: offer.environments.length > 1 }
}

interface Chosen {
  readonly request: AuthorizationRequest
  readonly offer: OfferedEnvironments
  readonly chosen: ListedEnvironment
  readonly choice: Choice
}

async function connectChosen(
  deps: ChooseDependencies,
  { request, offer, chosen, choice }: Chosen,
): Promise<AuthorizationOutcome> {
  const { user, sealedRefreshToken } = offer
  const { resource } = chosen
  const { own, signal } = choice
  const authority = { ...request.authority, tenant: user.tenantId }
  const binding = { connectionId: request.connectionId, generation: PARKED_GENERATION }
  const refreshToken = await deps.refreshTokens.open(binding, sealedRefreshToken)
  const grant = { authority, refreshToken, resource, user, signal }
  const answer = await redeemAuthorization(deps, (appCredential) =>
    deps.tokenEndpoint.refresh({ ...grant, appCredential }),
  )
  if (answer.outcome !== 'issued') {
    return { ...failedRedemption(answer, deps.now()), account: user.username }
  }
  const { tokenSet } = answer
  return connectSignedIn(deps, { request, own, resource, authority, tokenSet, user, signal })
}
