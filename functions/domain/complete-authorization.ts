import type { AppCredentials } from './app-credentials.ts'
import { PERSONAL_ACCOUNTS_TENANT } from './authority.ts'
import {
  type AuthorizationOutcome,
  type AuthorizationRequest,
  type AuthorizationRequests,
  type AuthorizationSecrets,
  authorizationRequestIdOf,
  browserBindingOf,
  codeVerifierOf,
  nonceOf,
} from './authorization-request.ts'
import type { Clock } from './clock.ts'
import type { Environment, User } from './connection.ts'
import type { Environments, WhoAmIOutcome } from './environments.ts'
import { reasonFor, reasonOfProblem, type SignInProblem } from './guidance.ts'
import type { Reason } from './reason.ts'
import { nextRefreshOf } from './refresh-schedule.ts'
import { sealTokenSet } from './seal-token-set.ts'
import type { SignInTokens } from './sign-in-token.ts'
import type { RedeemedCode, TokenEndpoint, TokenEndpointFailure } from './token-endpoint.ts'
import type { TokenSealer } from './token-sealer.ts'
import type { TokenSets } from './token-sets.ts'

export interface CompleteDependencies {
  readonly authorizationRequests: AuthorizationRequests
  readonly signInTokens: SignInTokens
  readonly tokenSets: TokenSets
  readonly tokenEndpoint: TokenEndpoint
  readonly environments: Environments
  readonly appCredentials: AppCredentials
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  readonly redirectUri: string
  readonly now: Clock
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
  // A credential that cannot be read fails here, before the request is used up.
  await deps.appCredentials.read()
  const { state, browserSecret } = response.secrets
  const id = authorizationRequestIdOf(state)
  const consumed = await deps.authorizationRequests.consume(
    id,
    browserBindingOf(browserSecret),
    deps.now(),
  )
  if (consumed.outcome === 'already_consumed') {
    const { request, result } = consumed
    return result ? { outcome: 'ended', request, result } : { outcome: 'in_progress' }
  }
  if (consumed.outcome !== 'consumed') return consumed
  const { request } = consumed
  const result = await attemptOnce(deps, request, response)
  await deps.authorizationRequests.complete(id, result)
  return { outcome: 'ended', request, result }
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
  const answer = await deps.tokenEndpoint.exchangeCode({
    authority: request.authority,
    appCredential: await deps.appCredentials.read(),
    code: result.code,
    issuer: result.issuer,
    redirectUri: deps.redirectUri,
    codeVerifier: codeVerifierOf(secrets),
    nonce: nonceOf(secrets),
    resource: request.resource,
    signal,
  })
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
  const spent = await deps.signInTokens.spend(request.signInTokenDigest, request.id)
  if (!spent) return problem('link_used')
  const refused = await storeOrGiveBack(deps, signIn, proof.environment)
  return refused && problem(refused)
}

/** Gives the link back when nothing was connected with it. */
async function storeOrGiveBack(
  deps: CompleteDependencies,
  signIn: SignIn,
  environment: Environment,
): Promise<SignInProblem | undefined> {
  const { request } = signIn
  let refused: SignInProblem | undefined = 'connection_changed'
  try {
    refused = await store(deps, signIn, environment)
    return refused
  } finally {
    if (refused) await deps.signInTokens.restore(request.signInTokenDigest, request.id)
  }
}

function tenantProblem(request: AuthorizationRequest, user: User): SignInProblem | undefined {
  if (user.tenantId === PERSONAL_ACCOUNTS_TENANT) return 'personal_account'
  const { tenant } = request.authority
  return tenant !== 'organizations' && tenant !== user.tenantId ? 'wrong_tenant' : undefined
}

function whoAmIProblem(
  proof: Exclude<WhoAmIOutcome, { outcome: 'proven' }>,
): [SignInProblem, string?] {
  switch (proof.outcome) {
    case 'forbidden':
      return proof.code === undefined ? ['no_dataverse_role'] : ['no_dataverse_role', proof.code]
    case 'rejected':
      return ['environment_rejected_token']
    case 'unavailable':
      return ['environment_unavailable']
  }
}

/** How often the store is tried when refreshes of the old token set keep coming first. */
const STORE_ATTEMPTS = 3

/** Stores as the next generation, whatever refresh of the old token set came in between. */
async function store(
  deps: CompleteDependencies,
  { request, redeemed }: SignIn,
  environment: Environment,
): Promise<SignInProblem | undefined> {
  for (let attempts = 0; attempts < STORE_ATTEMPTS; attempts += 1) {
    const connection = await deps.tokenSets.read(request.connectionId)
    if (connection?.resource !== request.resource) return 'connection_changed'
    const pinned = connection.user
    if (pinned && !isSameUser(pinned, redeemed.user)) return 'wrong_user'
    const next = { connectionId: connection.id, generation: connection.generation + 1 }
    const stored = await deps.tokenSets.connect({
      connectionId: connection.id,
      expectedGeneration: connection.generation,
      resource: request.resource,
      tokenSet: await sealTokenSet(deps, next, redeemed.tokenSet),
      authority: request.authority,
      user: redeemed.user,
      environment,
      nextRefreshAt: nextRefreshOf(redeemed.tokenSet, next),
      at: deps.now(),
    })
    if (stored) return undefined
  }
  return 'connection_changed'
}

function isSameUser(pinned: User, user: User): boolean {
  return pinned.tenantId === user.tenantId && pinned.objectId === user.objectId
}
