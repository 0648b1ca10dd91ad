import { RequestRefused } from './errors.ts'
import type { AccessToken } from './held-tokens.ts'

/** What the constructor of DynamicsWebApi takes; put your own settings beside these. */
export interface DynamicsWebApiConfig {
  readonly serverUrl: string
  readonly dataApi: { readonly version: string }
  readonly onTokenRefresh: () => Promise<string>
}

/** The class `DynamicsWebApi` of the package `dynamics-web-api`, which is yours to install. */
export type DynamicsWebApiClass<Instance> = new (config: DynamicsWebApiConfig) => Instance

/** The version of the Web API that Microsoft documents. */
const WEB_API_VERSION = '9.2'

/** @throws DynamicsConnectError when the connection has no token to give. */
export async function dynamicsWebApiConfig(
  token: () => Promise<AccessToken>,
): Promise<DynamicsWebApiConfig> {
  const { resource } = await token()
  return {
    serverUrl: `${resource}/`,
    dataApi: { version: WEB_API_VERSION },
    onTokenRefresh: async () => {
      const got = await token()
      if (got.resource === resource) return got.accessToken
      // The token would go to the environment of before.
      throw new RequestRefused(
        `The connection is for ${got.resource} now, no more for ${resource}. Call client.dynamics again.`,
        { code: 'resource_changed' },
      )
    },
  }
}
