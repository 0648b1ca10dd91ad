import type { AppCredentials } from './app-credentials.ts'
import { PERSONAL_ACCOUNTS_TENANT } from './authority.ts'
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
import type { User } from './connection.ts'
import type { Environments, WhoAmIRefusal } from './environments.ts'
import { problemOfForbidden, reasonFor, reasonOfProblem, type SignInProblem } from './guidance.ts'
import type { Reason } from './reason.ts'
import { redeemWithAppCredential } from './redeem-with-app-credential.ts'
import { isConnectedBy, type StoreSignedInDependencies, storeSignedIn } from './store-signed-in.ts'
import type { RedeemedCode, TokenEndpoint, TokenEndpointFailure } from './token-endpoint.ts'

export interface CompleteDependencies extends StoreSignedInDependencies {
  readonly authorizationRequests: AuthorizationRequests
  readonly tokenEndpoint: TokenEndpoint
  readonly environments: Environments
  readonly appCredentials: AppCredentials
  readonly redirectUri: string
}

/** Microsoft sent the browser back (RFC 6749 §4.1.2), with the secret that the browser's cookie held. */
export interface AuthorizationResponse {
  readonly secrets: AuthorizationSecrets
  readonly result:
    | { readonly code: string; readonly issuer: string | undefined }
    | { readonly error: string; readonly aadstsCode: number | undefined }
  readonly signal: AbortSignal
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
  if (isConnectedBy(await deps.tokenSets.read(request.connectionId), request)) {
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
    const reason = await attempt(deps, request, response)
    return reason ? { outcome: 'failed', reason } : { outcome: 'connected' }
  } catch (error) {
    const reason = reasonOfProblem('service_failed', deps.now())
    await deps.authorizationRequests.complete(request.id, { outcome: 'failed', reason })
    throw error
  }
}

/** @returns why it failed, or `undefined` when the connection is connected. */
async function attempt(
  deps: CompleteDependencies,
  request: AuthorizationRequest,
  response: AuthorizationResponse,
): Promise<Reason | undefined> {
  const { result, secrets, signal } = response
  if ('error' in result) {
    return reasonFor(
      { error: result.error, suberror: undefined, code: result.aadstsCode },
      deps.now(),
    )
  }
  const grant = {
    authority: request.authority,
    code: result.code,
    issuer: result.issuer,
    redirectUri: deps.redirectUri,
    codeVerifier: codeVerifierOf(secrets),
    nonce: nonceOf(secrets),
    resource: request.resource,
    signal,
  }
  const answer = await redeemWithAppCredential(deps.appCredentials, (appCredential) =>
    deps.tokenEndpoint.exchangeCode({ ...grant, appCredential }),
  )
  if (answer.outcome !== 'issued') return reasonOfFailure(answer, deps.now())
  return connect(deps, { request, redeemed: answer, signal })
}

function reasonOfFailure(failure: TokenEndpointFailure, now: Date): Reason {
  if (failure.outcome === 'refused') return reasonFor(failure.refusal, now)
  const problem = failure.outcome === 'malformed' ? 'answer_not_valid' : 'microsoft_unavailable'
  return reasonOfProblem(problem, now)
}

interface SignIn {
  readonly request: AuthorizationRequest
  readonly redeemed: RedeemedCode
  readonly signal: AbortSignal
}

async function connect(deps: CompleteDependencies, signIn: SignIn): Promise<Reason | undefined> {
  const { request, redeemed, signal } = signIn
  const problem = (name: SignInProblem, code?: string) => reasonOfProblem(name, deps.now(), code)
  const wrongPlace = tenantProblem(request, redeemed.user)
  if (wrongPlace) return problem(wrongPlace)
  const { accessToken } = redeemed.tokenSet
  const proof = await deps.environments.whoAmI(request.resource, accessToken, signal)
  if (proof.outcome !== 'proven') return problem(...whoAmIProblem(proof))
  const { environment } = proof
  const refused = await storeSignedIn(deps, { request, redeemed, environment })
  return refused && problem(refused)
}

function tenantProblem(request: AuthorizationRequest, user: User): SignInProblem | undefined {
  if (user.tenantId === PERSONAL_ACCOUNTS_TENANT) return 'personal_account'
  const { tenant } = request.authority
  return tenant !== 'organizations' && tenant !== user.tenantId ? 'wrong_tenant' : undefined
}

function whoAmIProblem(proof: WhoAmIRefusal): [SignInProblem, (string | undefined)?] {
  switch (proof.outcome) {
    case 'forbidden':
      return [problemOfForbidden(proof.code), proof.code]
    case 'rejected':
      return ['environment_rejected_token']
    case 'unavailable':
      return ['environment_unavailable']
  }
}
