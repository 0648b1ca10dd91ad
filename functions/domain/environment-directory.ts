import type { Cloud } from './clouds.ts'
import type { Resource } from './resource.ts'

/** What an environment is for. */
export const ENVIRONMENT_PURPOSES = [
  'production',
  'sandbox',
  'trial',
  'developer',
  'teams',
  'default',
  'other',
] as const

export type EnvironmentPurpose = (typeof ENVIRONMENT_PURPOSES)[number]

/** One environment that a person can reach. */
export interface ListedEnvironment {
  readonly resource: Resource
  /** As its administrators call it. */
  readonly name: string
  /** Microsoft's short name of the region, e.g. `EUR`. */
  readonly region: string | undefined
  readonly purpose: EnvironmentPurpose
}

/** What Global Discovery answers. */
export type ListedEnvironments =
  | { readonly outcome: 'listed'; readonly environments: readonly ListedEnvironment[] }
  | { readonly outcome: 'rejected' }
  | { readonly outcome: 'unavailable' }

/** The list of environments of the person whom an access token speaks for. */
export interface EnvironmentDirectory {
  /**
   * The enabled environments, by name; those that the person may not enter are not among them.
   * @param accessToken for the cloud's {@link discoveryResourceOf}
   * @see https://learn.microsoft.com/en-us/power-apps/developer/data-platform/webapi/discover-url-organization-web-api
   */
  list(cloud: Cloud, accessToken: string, signal: AbortSignal): Promise<ListedEnvironments>
}
