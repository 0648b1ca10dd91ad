import type { AppCredentials } from './app-credentials.ts'
import {
  type AlreadyConsumed,
  type AuthorizationOutcome,
  type AuthorizationRequest,
  type AuthorizationRequests,
  type AuthorizationSecrets,
  authorizationRequestIdOf,
  browserBindingOf,
  codeVerifierOf,
  nonceOf,
} from './authorization-request.ts'
import { type OfferDependencies, offerEnvironments } from './choose-environment.ts'
import { cloudNamed, discoveryResourceOf } from './clouds.ts'
import { type ConnectDependencies, connectSignedIn } from './connect-signed-in.ts'
import { reasonFor, reasonOfProblem } from './guidance.ts'
import { failedRedemption, redeemAuthorization } from './redeem-authorization.ts'
import { isConnectedBy } from './store-signed-in.ts'
import type { RedeemedGrant, TokenEndpoint, TokenEndpointFailure } from './token-endpoint.ts'
import type { Wait } from './wait.ts'

export interface CompleteDependencies extends ConnectDependencies, OfferDependencies {
  readonly authorizationRequests: Pick<AuthorizationRequests, 'consume' | 'complete'>
  readonly tokenEndpoint: Pick<TokenEndpoint, 'exchangeCode'>
  readonly appCredentials: AppCredentials
  readonly redirectUri: string
  readonly wait: Wait
}

/** Microsoft sent the browser back (RFC 6749 §4.1.2), with the secret that the browser's cookie held. */
export interface AuthorizationResponse {
  readonly secrets: AuthorizationSecrets
  readonly result:
    | { readonly code: string; readonly issuer: string | undefined }
    | AuthorizationRefusal
  readonly signal: AbortSignal
}

/** Microsoft's refusal (RFC 6749 §4.1.2.1), as far as it is safe to keep: no description. */
export interface AuthorizationRefusal {
  readonly error: string
  /** `cancel`: the person turned back, from the sign-in or from "Need admin approval". */
  readonly suberror: string | undefined
  readonly aadstsCode: number | undefined
  readonly correlationId: string | undefined
}

/** How the authorization ended, with the request that it belongs to. */
export type CompleteOutcome =
  | {
      readonly outcome: 'ended'
      readonly request: AuthorizationRequest
      readonly result: AuthorizationOutcome
    }
  /** The same response is being worked on; a reload shows the result. */
  | { readonly outcome: 'in_progress' }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'unknown' }

/**
 * Completes an authorization request: consumes it, redeems the code at the authority that it was begun
 * with, checks who signed in, proves the access token at the environment, and stores the token set. A
 * reload shows the same result and redeems nothing.
 */
export async function completeAuthorization(
  deps: CompleteDependencies,
  response: AuthorizationResponse,
): Promise<CompleteOutcome> {
  // What cannot be read fails here, before anything is used up.
  await Promise.all([
    deps.appCredentials.read(),
    deps.accessTokens.ready(),
    deps.refreshTokens.ready(),
  ])
  const { state, browserSecret } = response.secrets
  const id = authorizationRequestIdOf(state)
  const consumed = await deps.authorizationRequests.consume(
    id,
    browserBindingOf(browserSecret),
    deps.now(),
  )
  if (consumed.outcome === 'already_consumed') return whatBecameOf(deps, consumed)
  if (consumed.outcome !== 'consumed') return consumed
  const { request } = consumed
  const result = await attemptOnce(deps, request, response)
  await deps.authorizationRequests.complete(id, result)
  return { outcome: 'ended', request, result }
}

/** A sign-in that has not ended by then was cut off: longer than the function may run. */
const CUT_OFF_MS = 60 * 1000

/** The kept result; where none was kept, the connection itself says whether this sign-in connected it. */
async function whatBecameOf(
  deps: CompleteDependencies,
  { request, result, consumedAt }: AlreadyConsumed,
): Promise<CompleteOutcome> {
  if (result) return { outcome: 'ended', request, result }
  if (isConnectedBy(await deps.tokenSets.read(request.connectionId), request.id)) {
    return { outcome: 'ended', request, result: { outcome: 'connected' } }
  }
  const wasCutOff = deps.now().getTime() - consumedAt.getTime() > CUT_OFF_MS
  if (!wasCutOff) return { outcome: 'in_progress' }
  const reason = reasonOfProblem('service_failed', deps.now())
  return { outcome: 'ended', request, result: { outcome: 'failed', reason } }
}

/** The request is used up: what is thrown here is also kept for a reload. */
async function attemptOnce(
  deps: CompleteDependencies,
  request: AuthorizationRequest,
  response: AuthorizationResponse,
): Promise<AuthorizationOutcome> {
  try {
    return await attempt(deps, request, response)
  } catch (error) {
    const reason = reasonOfProblem('service_failed', deps.now())
    await deps.authorizationRequests.complete(request.id, { outcome: 'failed', reason })
    throw error
  }
}

async function attempt(
  deps: CompleteDependencies,
  request: AuthorizationRequest,
  response: AuthorizationResponse,
): Promise<AuthorizationOutcome> {
  const { result, secrets, signal } = response
  if ('error' in result) return refused(result, deps.now())
  const { code, issuer } = result
  const redeemed = await redeemCode(deps, request, { code, issuer, secrets, signal })
  if (redeemed.outcome !== 'issued') return failedRedemption(redeemed, deps.now())
  const { wanted, authority } = request
  if (wanted.kind === 'to_find') {
    return offerEnvironments(deps, { request, cloud: wanted.cloud, redeemed, signal })
  }
  const { resource } = wanted
  const { tokenSet, user } = redeemed
  const own = { id: request.id, browserSecret: secrets.browserSecret }
  return connectSignedIn(deps, { request, own, resource, authority, tokenSet, user, signal })
}

function refused(refusal: AuthorizationRefusal, now: Date): AuthorizationOutcome {
  const { error, suberror, aadstsCode: code, correlationId } = refusal
  return { outcome: 'failed', reason: reasonFor({ error, suberror, code }, now), correlationId }
}

function redeemCode(
  deps: CompleteDependencies,
  { wanted, authority }: AuthorizationRequest,
  sent: {
    readonly code: string
    readonly issuer: string | undefined
    readonly secrets: AuthorizationSecrets
    readonly signal: AbortSignal
  },
): Promise<RedeemedGrant | TokenEndpointFailure> {
  const { code, issuer, secrets, signal } = sent
  const resource =
    wanted.kind === 'to_find' ? discoveryResourceOf(cloudNamed(wanted.cloud)) : wanted.resource
  const grant = {
    authority,
    code,
    issuer,
    redirectUri: deps.redirectUri,
    codeVerifier: codeVerifierOf(secrets),
    nonce: nonceOf(secrets),
    resource,
    signal,
  }
  return redeemAuthorization(deps, (appCredential) =>
    deps.tokenEndpoint.exchangeCode({ ...grant, appCredential }),
  )
}
