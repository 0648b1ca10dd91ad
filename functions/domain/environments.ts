import type { Environment } from './connection.ts'
import type { Resource } from './resource.ts'

/** What an environment answers to an access token. */
export type WhoAmIOutcome =
  | { readonly outcome: 'proven'; readonly environment: Environment }
  | WhoAmIRefusal

/** Why an access token proves nothing. */
export type WhoAmIRefusal =
  /** The environment knows the token and lets its user not in; `code` is Dataverse's, such as `0x80072560`. */
  | { readonly outcome: 'forbidden'; readonly code: string | undefined }
  /** The environment does not take the token. */
  | { readonly outcome: 'rejected' }
  | { readonly outcome: 'unavailable' }

/** Dataverse environments, asked over their Web API. */
export interface Environments {
  /**
   * The tenant that the environment belongs to, from the challenge of its own 401; `undefined` when it
   * does not answer or answers something else. Only a challenge that names the login host of the
   * environment's cloud counts.
   */
  findTenant(resource: Resource, signal: AbortSignal): Promise<string | undefined>
  /** Proves that the environment takes the access token. */
  whoAmI(resource: Resource, accessToken: string, signal: AbortSignal): Promise<WhoAmIOutcome>
}
