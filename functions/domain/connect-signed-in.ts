import { type Authority, PERSONAL_ACCOUNTS_TENANT } from './authority.ts'
import {
  type AuthorizationOutcome,
  type AuthorizationRequest,
  completionIdOf,
  type OwnAuthorizationRequest,
} from './authorization-request.ts'
import type { Environment, User } from './connection.ts'
import type { Environments, WhoAmIRefusal } from './environments.ts'
import { problemOfForbidden, reasonOfProblem, type SignInProblem } from './guidance.ts'
import { type ParkDependencies, parkSignIn } from './parked-sign-in.ts'
import type { Resource } from './resource.ts'
import { spendLink } from './spend-link.ts'
import { type ProvenSignIn, sealSignedIn, storeSignedIn } from './store-signed-in.ts'
import type { TokenSet } from './token-endpoint.ts'

export interface ConnectDependencies extends ParkDependencies {
  readonly environments: Pick<Environments, 'whoAmI'>
}

/** A person signed in for one environment. */
export interface SignInForEnvironment {
  readonly request: AuthorizationRequest
  readonly own: OwnAuthorizationRequest
  readonly resource: Resource
  /** Where its tokens are renewed. */
  readonly authority: Authority
  readonly tokenSet: TokenSet
  readonly user: User
  readonly signal: AbortSignal
}

/**
 * Checks who signed in, proves the access token at the environment, and then connects, or parks the
 * sign-in when the partner's backend has to confirm it.
 */
export async function connectSignedIn(
  deps: ConnectDependencies,
  signIn: SignInForEnvironment,
): Promise<AuthorizationOutcome> {
  const { request, resource, tokenSet, user, signal } = signIn
  const failed = (problem: SignInProblem, code?: string | undefined): AuthorizationOutcome => ({
    outcome: 'failed',
    reason: reasonOfProblem(problem, deps.now(), code),
    account: user.username,
  })
  const wrongAccount = accountProblem(request, user)
  if (wrongAccount) return failed(wrongAccount)
  const proof = await deps.environments.whoAmI(resource, tokenSet.accessToken, signal)
  if (proof.outcome !== 'proven') return failed(...whoAmIProblem(proof))
  const proven = provenSignIn(signIn, proof.environment)
  const { needsConfirmation } = request.terms
  const problem = needsConfirmation
    ? await parkSignIn(deps, proven, completionIdOf(signIn.own))
    : await connect(deps, proven)
  if (problem) return failed(problem)
  return { outcome: needsConfirmation ? 'confirmation_required' : 'connected' }
}

/** Why this account may not connect, as far as its id_token tells. */
export function accountProblem(
  { authority, terms }: AuthorizationRequest,
  { tenantId, objectId }: User,
): SignInProblem | undefined {
  if (tenantId === PERSONAL_ACCOUNTS_TENANT) return 'personal_account'
  if (terms.expectedTenantId !== undefined && terms.expectedTenantId !== tenantId) {
    return 'unexpected_tenant'
  }
  if (terms.expectedObjectId !== undefined && terms.expectedObjectId !== objectId) {
    return 'unexpected_user'
  }
  const { tenant } = authority
  return tenant !== 'organizations' && tenant !== tenantId ? 'wrong_tenant' : undefined
}

async function connect(
  deps: ConnectDependencies,
  proven: ProvenSignIn,
): Promise<SignInProblem | undefined> {
  const sealed = await sealSignedIn(deps, proven)
  if (typeof sealed === 'string') return sealed
  return spendLink(deps.signInTokens, proven, () => storeSignedIn(deps, proven, sealed))
}

function provenSignIn(signIn: SignInForEnvironment, environment: Environment): ProvenSignIn {
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
