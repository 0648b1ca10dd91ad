import { type Authority, PERSONAL_ACCOUNTS_TENANT } from './authority.ts'
import type { Environment, User } from './connection.ts'
import type { Environments, WhoAmIRefusal } from './environments.ts'
import { problemOfForbidden, type SignInProblem } from './guidance.ts'
import type { Resource } from './resource.ts'
import type { SignInTerms } from './sign-in-terms.ts'
import type { TokenSet } from './token-endpoint.ts'

/** Where an account is to be of, and what the partner asked of it. */
export interface WantedAccount {
  readonly authority: Authority
  readonly terms: SignInTerms
}

/** Tokens that Microsoft issued, and whose they are. */
export interface IssuedTokens {
  readonly resource: Resource
  readonly tokenSet: TokenSet
  readonly user: User
  readonly signal: AbortSignal
}

export type Proof =
  | { readonly outcome: 'proven'; readonly environment: Environment }
  | {
      readonly outcome: 'failed'
      readonly problem: SignInProblem
      /** Dataverse's own, where it gave one. */
      readonly code: string | undefined
    }

/** Checks whose tokens they are, and proves the access token at the environment. */
export async function proveTokens(
  { environments }: { readonly environments: Pick<Environments, 'whoAmI'> },
  wanted: WantedAccount,
  { resource, tokenSet, user, signal }: IssuedTokens,
): Promise<Proof> {
  const wrongAccount = accountProblem(wanted, user)
  if (wrongAccount) return { outcome: 'failed', problem: wrongAccount, code: undefined }
  const proof = await environments.whoAmI(resource, tokenSet.accessToken, signal)
  return proof.outcome === 'proven' ? proof : { outcome: 'failed', ...whoAmIProblem(proof) }
}

/** Why this account may not connect, as far as its id_token tells. */
export function accountProblem(
  { authority, terms }: WantedAccount,
  { tenantId, objectId }: Pick<User, 'tenantId' | 'objectId'>,
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

function whoAmIProblem(proof: WhoAmIRefusal): {
  readonly problem: SignInProblem
  readonly code: string | undefined
} {
  switch (proof.outcome) {
    case 'forbidden':
      return { problem: problemOfForbidden(proof.code), code: proof.code }
    case 'rejected':
      return { problem: 'environment_rejected_token', code: undefined }
    case 'unavailable':
      return { problem: 'environment_unavailable', code: undefined }
  }
}
