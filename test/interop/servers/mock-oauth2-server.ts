import { join } from 'node:path'
import { freePort, startProcess } from '../../support/processes.ts'
import { javaLibraries } from '../install.ts'
import type { Browser } from '../support/browser.ts'
import { startEntraPaths } from '../support/entra-paths.ts'
import { APP, type IdentityServer, TENANT_ID, USER } from '../support/identity-server.ts'

/** navikt/mock-oauth2-server: another language, another JOSE library, rotating refresh tokens. */
export async function startMockOauth2Server(): Promise<IdentityServer> {
  const port = await freePort()
  const upstreamPort = await freePort()
  const url = `http://localhost:${port}`
  const issuer = `http://localhost:${upstreamPort}/${ISSUER_ID}`
  const java = await startProcess({
    command: 'java',
    args: ['-cp', join(javaLibraries('mock-oauth2-server'), '*'), MAIN_CLASS],
    env: { ...process.env, SERVER_PORT: String(upstreamPort), JSON_CONFIG: CONFIGURATION },
    readyUrl: `${issuer}/.well-known/openid-configuration`,
  })
  const paths = await startEntraPaths({ port, upstream: (path) => `${issuer}${endpoint(path)}` })
  return {
    url,
    signIn,
    recognises: async (accessToken) => {
      const body = new URLSearchParams({ token: accessToken })
      const headers = { authorization: `Basic ${btoa('dataverse:secret')}` }
      const answer = await fetch(`${url}/${ISSUER_ID}/introspect`, {
        method: 'POST',
        headers,
        body,
      })
      const { active }: { active?: unknown } = JSON.parse(await answer.text())
      return active === true
    },
    revokeGrants: async () => {
      for (const token of paths.refreshTokens) {
        const body = new URLSearchParams({ token, token_type_hint: 'refresh_token' })
        await fetch(`${url}/${ISSUER_ID}/revoke`, { method: 'POST', body })
      }
    },
    close: async () => {
      await paths.close()
      await java.stop()
    },
  }
}

const MAIN_CLASS = 'no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt'
const ISSUER_ID = `${TENANT_ID}/v2.0`

/** Its issuer is the path before the endpoint. */
const endpoint = (path: string): string => {
  const last = path.split('/').at(-1) ?? ''
  return last === 'keys' ? '/jwks' : `/${last}`
}

const CLAIMS = {
  sub: USER.email,
  aud: [APP.clientId],
  tid: TENANT_ID,
  oid: USER.objectId,
  name: USER.name,
  preferred_username: USER.email,
}
const CONFIGURATION = JSON.stringify({
  interactiveLogin: true,
  rotateRefreshToken: true,
  httpServer: 'NettyWrapper',
  tokenCallbacks: [
    {
      issuerId: ISSUER_ID,
      tokenExpiry: 3600,
      requestMappings: [{ requestParam: 'client_id', match: APP.clientId, claims: CLAIMS }],
    },
  ],
})

/** Its page asks for a name only, and posts to its own address. */
async function signIn(browser: Browser, authorizationUrl: string): Promise<string> {
  const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri') ?? ''
  const { url } = await browser.get(authorizationUrl)
  return await browser.followTo(redirectUri, await browser.post(url, { username: USER.email }))
}
