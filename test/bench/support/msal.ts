import { APP_CREDENTIAL, LOGIN_HOST, RESOURCE, TENANT_ID } from './subject.ts'

/** What is used of @azure/msal-node, which only this folder installs. */
interface MsalNode {
  readonly ConfidentialClientApplication: new (configuration: object) => MsalClient
}

export interface MsalClient {
  acquireTokenByRefreshToken(request: {
    readonly refreshToken: string
    readonly scopes: readonly string[]
    /** Without it MSAL forgets the new refresh token, and there is no other way to have it. */
    readonly forceCache: boolean
  }): Promise<{ readonly accessToken: string; readonly expiresOn: Date | null } | null>
  getTokenCache(): { serialize(): string }
}

interface Sent {
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Held in a variable, so that nothing but this file needs the package. */
const PACKAGE = '@azure/msal-node'
const AUTHORITY_HOST = `https://${LOGIN_HOST}`

export const MSAL_SCOPES = [`${RESOURCE}/user_impersonation`]

/** Makes clients of Microsoft's own library, whose requests go to the local token endpoint. */
export async function msalClients(entraBaseUrl: string): Promise<() => MsalClient> {
  const { ConfidentialClientApplication }: MsalNode = await import(PACKAGE)
  const { clientId, clientSecret } = APP_CREDENTIAL
  const authority = `${AUTHORITY_HOST}/${TENANT_ID}`
  const networkClient = {
    sendGetRequestAsync: (url: string) => send(entraBaseUrl, 'GET', { url }),
    sendPostRequestAsync: (url: string, sent?: Sent) =>
      send(entraBaseUrl, 'POST', { url, ...sent }),
  }
  return () =>
    new ConfidentialClientApplication({
      auth: { clientId, clientSecret, authority },
      system: { networkClient },
    })
}

/** MSAL keeps refresh tokens to itself; only what it writes for a cache file has them. */
export function refreshTokenIn(client: MsalClient): string {
  const cache: { readonly RefreshToken?: Readonly<Record<string, { readonly secret: string }>> } =
    JSON.parse(client.getTokenCache().serialize())
  const [entry] = Object.values(cache.RefreshToken ?? {})
  if (entry === undefined) throw new Error('MSAL holds no refresh token')
  return entry.secret
}

/** What MSAL's own network client does, at another host: MSAL refuses an authority without https. */
async function send(
  entraBaseUrl: string,
  method: string,
  { url, headers = {}, body = '' }: Sent & { readonly url: string },
) {
  const where = url.replace(AUTHORITY_HOST, entraBaseUrl)
  const answer = await fetch(where, { method, headers, ...(body !== '' && { body }) })
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: JSON.parse(await answer.text()),
  }
}
