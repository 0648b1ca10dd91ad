import type { Cloud } from './clouds.ts'

/**
 * Who signs a customer's people in: the environment's own tenant, which also makes guests work, or
 * `organizations` when the environment did not say which tenant it belongs to.
 */
export interface Authority {
  /** The cloud's login host, e.g. `login.microsoftonline.com`. */
  readonly loginHost: string
  /** A tenant id, or `organizations` for any work or school account. */
  readonly tenant: string
}

/** The tenant of personal Microsoft accounts, which have no Dataverse. */
export const PERSONAL_ACCOUNTS_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text is a tenant or object id as Microsoft writes them: a lower-case GUID. */
export function isGuid(text: string): boolean {
  return GUID.test(text)
}

/** The authority of one cloud: of the tenant where it is known. */
export function authorityOf(cloud: Cloud, tenantId: string | undefined): Authority {
  return { loginHost: cloud.loginHost, tenant: tenantId ?? 'organizations' }
}

/** What the sign-in asks for: the environment on the user's behalf, and tokens that can be renewed. */
export function scopeFor(resource: string): string {
  return `${resource}/user_impersonation offline_access openid profile`
}
