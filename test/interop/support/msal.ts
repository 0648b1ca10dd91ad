import {
  ConfidentialClientApplication,
  CryptoProvider,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node'
import type { SelfSigned } from '../../support/self-signed-certificate.ts'
import { Browser } from './browser.ts'
import { APP, type IdentityServer, RESOURCE, SCOPE, TENANT_ID } from './identity-server.ts'

/** One resource only, as the token endpoint wants it. */
export const ENVIRONMENT_SCOPES = [`${RESOURCE}/user_impersonation`]

const MICROSOFT = 'https://login.microsoftonline.com'

/** A confidential client of Microsoft's own library, at the very authority that the service uses. */
const msalClient = ({ server, certificate, sent }: MsalOptions): ConfidentialClientApplication =>
  new ConfidentialClientApplication({
    auth: {
      clientId: APP.clientId,
      authority: `${MICROSOFT}/${TENANT_ID}`,
      ...(certificate === undefined
        ? { clientSecret: APP.clientSecret }
        : { clientCertificate: msalCertificate(certificate) }),
    },
    system: { networkClient: networkClient(server.url, sent) },
  })

/** MSAL knows a certificate by its thumbprint in hexadecimal. */
const msalCertificate = ({ thumbprint, keyPem }: SelfSigned) => ({
  thumbprintSha256: Buffer.from(thumbprint, 'base64url').toString('hex'),
  privateKey: keyPem,
})

export interface MsalOptions {
  readonly server: IdentityServer
  /** What the app proves itself by, instead of the client secret. */
  readonly certificate?: SelfSigned
  /** Filled with the forms that MSAL sends. */
  readonly sent?: URLSearchParams[]
}

/** MSAL refuses an authority that is not https, so the host is replaced where its requests leave. */
const networkClient = (entraUrl: string, sent: URLSearchParams[] = []): INetworkModule => ({
  sendGetRequestAsync: (url, options) => send(atEntra(entraUrl, url), 'GET', options),
  sendPostRequestAsync: (url, options) => {
    sent.push(new URLSearchParams(options?.body))
    return send(atEntra(entraUrl, url), 'POST', options)
  },
})

/** Where a URL of Microsoft's login host is found in this test. */
const atEntra = (entraUrl: string, url: string): string => url.replace(MICROSOFT, entraUrl)

async function send<T>(
  url: string,
  method: string,
  { headers = {}, body = '' }: NetworkRequestOptions = {},
): Promise<NetworkResponse<T>> {
  const answer = await fetch(url, { method, headers, ...(body !== '' && { body }) })
  const answered: T = JSON.parse(await answer.text())
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answered }
}

/** MSAL keeps refresh tokens to itself; what it writes to a cache file has them. */
export function refreshTokenOf(client: ConfidentialClientApplication): string {
  const cache: { RefreshToken?: Record<string, { secret: string }> } = JSON.parse(
    client.getTokenCache().serialize(),
  )
  const [entry] = Object.values(cache.RefreshToken ?? {})
  if (entry === undefined) throw new Error('expected MSAL to hold a refresh token')
  return entry.secret
}

/** Signs the user in by MSAL alone, without the service. */
export async function signInByMsal(options: MsalOptions, redirectUri: string) {
  const { server } = options
  const client = msalClient(options)
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const authorizationUrl = await client.getAuthCodeUrl({
    redirectUri,
    scopes: SCOPE.split(' '),
    state: 'a-state',
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
  })
  const back = await server.signIn(new Browser(), atEntra(server.url, authorizationUrl))
  const code = new URL(back).searchParams.get('code') ?? ''
  const redemption = { redirectUri, scopes: ENVIRONMENT_SCOPES, code, codeVerifier: verifier }
  return { client, result: await client.acquireTokenByCode(redemption) }
}
