import { join } from 'node:path'
import { build } from 'esbuild'
import { serve } from '../support/local-server.ts'
import { MSAL_SCOPES, msalClients } from '../support/msal.ts'
import { APP_CREDENTIAL, TENANT_ID } from '../support/subject.ts'
import { tokenEndpoint } from '../support/token-endpoint.ts'

/** What the product is held against. */
export const BASELINES = ['empty', 'bare-get-item', 'usual-sdk', 'usual-stack'] as const
export type Baseline = (typeof BASELINES)[number]

/** The table of MSAL's cache; the backend answers a read of it with the one item there is. */
export const MSAL_TABLE = 'msal-cache'

/** Bundles one as esbuild does when it is told nothing. @returns its folder. */
export async function bundleBaseline(name: Baseline, folder: string): Promise<string> {
  const bundle = join(folder, name)
  await build({
    entryPoints: [join(import.meta.dirname, 'handlers', `${name}.mjs`)],
    outfile: join(bundle, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  })
  return bundle
}

/** A person's tokens as MSAL keeps them, and what a request for one of them says. */
export interface MsalCache {
  readonly cache: string
  readonly request: Readonly<Record<string, unknown>>
}

/** Has MSAL redeem a refresh token once, and takes what it would keep. */
export async function msalCache(): Promise<MsalCache> {
  const entra = await serve(tokenEndpoint())
  try {
    const newClient = await msalClients(`${entra.url}/0`)
    const client = newClient()
    const scopes = MSAL_SCOPES
    await client.acquireTokenByRefreshToken({ refreshToken: 'r', scopes, forceCache: true })
    const cache = client.getTokenCache().serialize()
    const kept: {
      readonly Account: Readonly<Record<string, { readonly home_account_id: string }>>
    } = JSON.parse(cache)
    const [account] = Object.values(kept.Account)
    const homeAccountId = account?.home_account_id
    const { clientId } = APP_CREDENTIAL
    return { cache, request: { clientId, tenantId: TENANT_ID, homeAccountId, scopes } }
  } finally {
    entra.close()
  }
}
