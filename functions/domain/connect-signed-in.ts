import type { Authority } from './authority.ts'
import {
  type AuthorizationOutcome,
  type AuthorizationRequest,
  completionIdOf,
  type OwnAuthorizationRequest,
} from './authorization-request.ts'
import type { Environment } from './connection.ts'
import type { Environments } from './environments.ts'
import { reasonOfProblem, type SignInProblem } from './guidance.ts'
import { type LinkedSignIn, type ParkDependencies, parkSignIn } from './parked-sign-in.ts'
import { type IssuedTokens, proveTokens } from './prove-tokens.ts'
import { spendLink } from './spend-link.ts'
import { sealSignedIn, storeSignedIn } from './store-signed-in.ts'

export interface ConnectDependencies extends ParkDependencies {
  readonly environments: Pick<Environments, 'whoAmI'>
}

/** A person signed in for one environment. */
export interface SignInForEnvironment extends IssuedTokens {
  readonly request: AuthorizationRequest
  readonly own: OwnAuthorizationRequest
  /** Where its tokens are renewed. */
  readonly authority: Authority
}

/**
 * Checks who signed in, proves the access token at the environment, and then connects, or parks the
 * sign-in when the partner's backend has to confirm it.
 */
export async function connectSignedIn(
  deps: ConnectDependencies,
  signIn: SignInForEnvironment,
): Promise<AuthorizationOutcome> {
  const { request, user } = signIn
  const failed = (problem: SignInProblem, code?: string | undefined): AuthorizationOutcome => ({
    outcome: 'failed',
    reason: reasonOfProblem(problem, deps.now(), code),
    account: user.username,
  })
  const proof = await proveTokens(deps, request, signIn)
  if (proof.outcome === 'failed') return failed(proof.problem, proof.code)
  const proven = provenSignIn(signIn, proof.environment)
  const { needsConfirmation } = request.terms
  const problem = needsConfirmation
    ? await parkSignIn(deps, proven, completionIdOf(signIn.own))
    : await connect(deps, proven)
  if (problem) return failed(problem)
  return { outcome: needsConfirmation ? 'confirmation_required' : 'connected' }
}

async function connect(
  deps: ConnectDependencies,
  proven: LinkedSignIn,
): Promise<SignInProblem | undefined> {
  const sealed = await sealSignedIn(deps, proven)
  if (typeof sealed === 'string') return sealed
  return spendLink(deps.signInTokens, proven, () => storeSignedIn(deps, proven, sealed))
}

function provenSignIn(signIn: SignInForEnvironment, environment: Environment): LinkedSignIn {
  const { request, resource, authority, tokenSet, user } = signIn
  return {
    requestId: request.id,
    connectionId: request.connectionId,
    signInTokenDigest: request.signInTokenDigest,
    resource,
    bringsResource: request.wanted.kind !== 'known',
    allowsUserChange: request.terms.allowsUserChange,
    authority,
    tokenSet,
    user,
    environment,
  }
}
