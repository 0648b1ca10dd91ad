import { createEmulator } from 'emulate'
import { TENANTS } from '../../../infra/local/microsoft/directory.ts'
import { freePort } from '../../support/processes.ts'
import type { Browser } from '../support/browser.ts'
import { hiddenFields } from '../support/browser.ts'
import { startEntraPaths, withoutTenant } from '../support/entra-paths.ts'
import { APP, type IdentityServer, TENANT_ID, USER } from '../support/identity-server.ts'

/** The Microsoft service of vercel-labs/emulate, which has Entra's paths without the tenant. */
export async function startEmulate(redirectUri: string): Promise<IdentityServer> {
  const port = await freePort()
  const upstreamPort = await freePort()
  const url = `http://localhost:${port}`
  const upstreamUrl = `http://127.0.0.1:${upstreamPort}`
  const emulator = await createEmulator({
    service: 'microsoft',
    port: upstreamPort,
    baseUrl: url,
    seed: seed(redirectUri),
  })
  const upstream = (path: string) => `${upstreamUrl}${withoutTenant(path)}`
  const paths = await startEntraPaths({ port, upstream })
  return {
    url,
    signIn,
    recognises: async (accessToken) => {
      const headers = { authorization: `Bearer ${accessToken}` }
      return (await fetch(`${upstreamUrl}/v1.0/me`, { headers })).ok
    },
    revokeGrants: async () => {
      for (const token of paths.refreshTokens) {
        const body = new URLSearchParams({ token })
        await fetch(`${upstreamUrl}/oauth2/v2.0/revoke`, { method: 'POST', body })
      }
    },
    close: async () => {
      await paths.close()
      await emulator.close()
    },
  }
}

/** A user of a tenant that the environment does not belong to. */
export const STRANGER = 'fiona@fabrikam.example'

const seed = (redirectUri: string) => ({
  microsoft: {
    users: [
      { email: USER.email, name: USER.name, tenant_id: TENANT_ID },
      { email: STRANGER, name: 'Fiona Adams', tenant_id: TENANTS.fabrikam.id },
    ],
    oauth_clients: [
      {
        client_id: APP.clientId,
        client_secret: APP.clientSecret,
        name: 'Contoso Connect',
        redirect_uris: [redirectUri],
      },
    ],
  },
})

const signIn = (browser: Browser, authorizationUrl: string): Promise<string> =>
  signInAtEmulate(browser, authorizationUrl, USER.email)

/** Its page has one form for each user it knows; the button of this one is pressed. */
export async function signInAtEmulate(
  browser: Browser,
  authorizationUrl: string,
  user: string,
): Promise<string> {
  const page = await browser.get(authorizationUrl)
  const forms = page.text.split('<form').map((form) => hiddenFields(`<form${form}`))
  const fields = forms.find(({ email }) => email === user)
  if (fields === undefined) throw new Error(`${user} is not on the page:\n${page.text}`)
  const action = new URL('/oauth2/v2.0/authorize/callback', authorizationUrl).href
  return await browser.followTo(fields.redirect_uri ?? '', await browser.post(action, fields))
}
