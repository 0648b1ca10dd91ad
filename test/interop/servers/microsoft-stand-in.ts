import { USERS } from '../../../infra/local/microsoft/directory.ts'
import { startMicrosoftStandIn } from '../../../infra/local/microsoft/server.ts'
import type { Browser } from '../support/browser.ts'
import { APP, ENVIRONMENT_HOST, type IdentityServer } from '../support/identity-server.ts'

/**
 * Our own stand-in for Microsoft, in the role of one server among the others.
 * @param clientCertificate in PEM, where one is registered beside the client secret
 */
export async function startOwnStandIn(
  redirectUri: string,
  clientCertificate?: string,
): Promise<IdentityServer> {
  const standIn = await startMicrosoftStandIn({
    ...APP,
    port: 0,
    redirectUris: [redirectUri],
    ...(clientCertificate !== undefined && { clientCertificate }),
  })
  return {
    url: standIn.url,
    dataverseUrl: `${standIn.url}/dataverse`,
    signIn,
    recognises: async (accessToken) => {
      const whoAmI = `${standIn.url}/dataverse/${ENVIRONMENT_HOST}/api/data/v9.2/WhoAmI`
      return (await fetch(whoAmI, { headers: { authorization: `Bearer ${accessToken}` } })).ok
    },
    revokeGrants: async () => {
      await setFault(standIn.url, { endpoint: 'token', grantType: 'refresh_token', code: 50173 })
    },
    close: () => standIn.close(),
  }
}

/** From now on the endpoint fails as the fault says. */
export async function setFault(url: string, fault: Record<string, unknown>): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(fault)
  const answer = await fetch(`${url}/admin/faults`, { method: 'PUT', headers, body })
  if (!answer.ok) throw new Error(`the stand-in refused the fault: ${await answer.text()}`)
}

/** Its page has one button for each account. */
async function signIn(browser: Browser, authorizationUrl: string): Promise<string> {
  const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri') ?? ''
  const { text } = await browser.get(authorizationUrl)
  const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  const account = { account: USERS.contosoMember.username }
  const posted = await browser.post(new URL(action ?? '', authorizationUrl).href, account)
  return await browser.followTo(redirectUri, posted)
}
