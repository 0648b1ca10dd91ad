import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Provider, { type ClientMetadata, type Configuration, interactionPolicy } from 'oidc-provider'
import { freePort } from '../../support/processes.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import type { Browser } from '../support/browser.ts'
import { APP, type IdentityServer, SCOPE, TENANT_ID, USER } from '../support/identity-server.ts'

/** node-oidc-provider, a certified OpenID provider, with its endpoints where Entra has them. */
export async function startOidcProvider(redirectUri: string): Promise<IdentityServer> {
  return start(redirectUri, {
    client_secret: APP.clientSecret,
    token_endpoint_auth_method: 'client_secret_post',
  })
}

/** The same, where the app has a certificate and no client secret. */
export async function startOidcProviderWithCertificate(
  redirectUri: string,
): Promise<IdentityServer> {
  const { pem, keyPem } = selfSigned()
  const folder = await mkdtemp(join(tmpdir(), 'interop-'))
  const clientCertificateFile = join(folder, 'app.pem')
  await writeFile(clientCertificateFile, pem + keyPem)
  const key = new X509Certificate(pem).publicKey.export({ format: 'jwk' })
  const server = await start(redirectUri, {
    jwks: { keys: [key] },
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'PS256',
  })
  const close = async () => {
    await server.close()
    await rm(folder, { recursive: true })
  }
  return { ...server, clientCertificateFile, close }
}

/** How the app proves itself. */
type ClientAuthentication = Omit<ClientMetadata, 'client_id'>

async function start(
  redirectUri: string,
  authentication: ClientAuthentication,
): Promise<IdentityServer> {
  const url = `http://localhost:${await freePort()}`
  const settings = configuration(redirectUri, authentication)
  const provider = new Provider(`${url}/${TENANT_ID}/v2.0`, settings)
  const grants = new Set<string>()
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.entities.Grant?.jti !== undefined) grants.add(oidc.entities.Grant.jti)
  })
  const handle = provider.callback()
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') === true) {
      finishInteraction(provider, request, response).catch(() => response.writeHead(500).end())
      return
    }
    request.url = withConsentPrompt(request.url ?? '/')
    void handle(request, response)
  })
  server.listen(Number(new URL(url).port), '127.0.0.1')
  await once(server, 'listening')
  return {
    url,
    signIn,
    recognises: async (accessToken) => {
      const found = await provider.AccessToken.find(accessToken)
      return found !== undefined && !found.isExpired
    },
    revokeGrants: async () => {
      for (const id of grants) await (await provider.Grant.find(id))?.destroy()
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function configuration(redirectUri: string, authentication: ClientAuthentication): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const selectAccount = new interactionPolicy.Prompt({ name: 'select_account', requestable: true })
  const policy = interactionPolicy.base()
  policy.add(selectAccount, 0)
  return {
    routes: {
      authorization: `/${TENANT_ID}/oauth2/v2.0/authorize`,
      token: `/${TENANT_ID}/oauth2/v2.0/token`,
      jwks: `/${TENANT_ID}/discovery/v2.0/keys`,
    },
    clients: [
      {
        client_id: APP.clientId,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        ...authentication,
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
    scopes: SCOPE.split(' '),
    claims: { openid: ['sub', 'tid', 'oid'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => claims(sub) }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    enabledJWA: { clientAuthSigningAlgValues: ['PS256'] },
    cookies: { keys: ['interop'] },
    ttl: TTL,
  }
}

const HOUR_IN_SECONDS = 3600
const TTL = {
  AccessToken: HOUR_IN_SECONDS,
  AuthorizationCode: 60,
  Grant: HOUR_IN_SECONDS,
  IdToken: HOUR_IN_SECONDS,
  Interaction: HOUR_IN_SECONDS,
  RefreshToken: HOUR_IN_SECONDS,
  Session: HOUR_IN_SECONDS,
}

const claims = (sub: string) => ({
  sub,
  tid: TENANT_ID,
  oid: USER.objectId,
  name: USER.name,
  preferred_username: USER.email,
})

/**
 * Entra gives offline_access to whoever asks; OpenID Connect Core §11 wants `prompt=consent` for it,
 * and this server keeps to that.
 */
function withConsentPrompt(path: string): string {
  const url = new URL(path, 'http://localhost')
  if (url.pathname !== `/${TENANT_ID}/oauth2/v2.0/authorize`) return path
  const prompts = [url.searchParams.get('prompt'), 'consent']
  url.searchParams.set('prompt', prompts.filter((prompt) => prompt !== null).join(' '))
  return `${url.pathname}${url.search}`
}

/** GET shows a page with two buttons; POST carries out the one that was pressed. */
async function finishInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
    return
  }
  const answer = new URLSearchParams(await text(request)).get('answer')
  const { params } = await provider.interactionDetails(request, response)
  const result = answer === 'accept' ? await accepted(provider, params) : DECLINED
  await provider.interactionFinished(request, response, result)
}

const PAGE = `<form method="post">
<button name="answer" value="accept">Sign in and accept</button>
<button name="answer" value="decline">Decline</button>
</form>`
const DECLINED = { error: 'access_denied', error_description: 'the user declined' }

/** Adele is signed in and has consented to what was asked. */
async function accepted(provider: Provider, params: Record<string, unknown>) {
  const grant = new provider.Grant({ accountId: 'adele', clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  return {
    select_account: {},
    login: { accountId: 'adele' },
    consent: { grantId: await grant.save() },
  }
}

const signIn = (browser: Browser, authorizationUrl: string): Promise<string> =>
  press(browser, authorizationUrl, 'accept')

/** The way back after the user pressed the other button. */
export const declineAtOidcProvider = (
  browser: Browser,
  authorizationUrl: string,
): Promise<string> => press(browser, authorizationUrl, 'decline')

async function press(browser: Browser, authorizationUrl: string, answer: string): Promise<string> {
  const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri') ?? ''
  const signInPage = (await browser.get(authorizationUrl)).location
  return await browser.followTo(redirectUri, await browser.post(signInPage, { answer }))
}
