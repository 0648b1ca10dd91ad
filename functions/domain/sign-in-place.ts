import { type Authority, authorityOf } from './authority.ts'
import type { WantedEnvironment } from './authorization-request.ts'
import { cloudNamed, type DiscoveryResource, discoveryResourceOf } from './clouds.ts'
import type { Connection } from './connection.ts'
import type { Environments } from './environments.ts'
import { cloudOf, type Resource } from './resource.ts'
import type { SignInTerms } from './sign-in-terms.ts'

/** Where a person signs in, and for what. */
export interface SignInPlace {
  readonly authority: Authority
  readonly resource: Resource | DiscoveryResource
  /**
   * - `found`: the environment named its tenant
   * - `unexpected`: it named another one than the partner expects
   * - `unknown`: nothing named one
   */
  readonly tenant: 'found' | 'unexpected' | 'unknown'
}

/**
 * The tenant's own authority wherever the tenant is known: from the environment itself, from who
 * connected before, or from the partner; else any organization of the cloud.
 */
export async function findSignInPlace(
  deps: { readonly environments: Pick<Environments, 'findTenant'> },
  sought: {
    readonly connection: Pick<Connection, 'user'>
    readonly terms: SignInTerms
    readonly wanted: WantedEnvironment
    readonly signal: AbortSignal
  },
): Promise<SignInPlace> {
  const { connection, terms, wanted, signal } = sought
  const { expectedTenantId, allowsUserChange } = terms
  const before = allowsUserChange ? undefined : connection.user?.tenantId
  const supposed = expectedTenantId ?? before
  if (wanted.kind === 'to_find') {
    const cloud = cloudNamed(wanted.cloud)
    const authority = authorityOf(cloud, supposed)
    return { authority, resource: discoveryResourceOf(cloud), tenant: 'unknown' }
  }
  const { resource } = wanted
  const found = await deps.environments.findTenant(resource, signal)
  const authority = authorityOf(cloudOf(resource), found ?? supposed)
  if (found === undefined) return { authority, resource, tenant: 'unknown' }
  const isUnexpected = expectedTenantId !== undefined && expectedTenantId !== found
  return { authority, resource, tenant: isUnexpected ? 'unexpected' : 'found' }
}
