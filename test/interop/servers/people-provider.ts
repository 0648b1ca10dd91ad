import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider'
import { freePort } from '../../support/processes.ts'

/** How the console proves itself there; `none` is a public client. */
export type TokenEndpointAuthentication = 'client_secret_basic' | 'client_secret_post' | 'none'

export const PERSON = {
  sub: 'adele',
  email: 'adele@partner.example',
  email_verified: true,
  name: 'Adele Vance',
} as const

export const CONSOLE = {
  clientId: 'console',
  clientSecret: 'console~secret/with+signs&that=need%encoding',
  redirectUri: 'http://localhost:3000/console/callback',
} as const

/** A running provider of people. */
export interface PeopleProviderServer {
  readonly issuer: string
  close(): Promise<void>
}

/** node-oidc-provider as it comes, for the partner's own people; whoever opens its page has signed in. */
export async function startPeopleProvider(
  authentication: TokenEndpointAuthentication,
): Promise<PeopleProviderServer> {
  const issuer = `http://localhost:${await freePort()}`
  const provider = new Provider(issuer, configuration(authentication))
  const handle = provider.callback()
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') === true) {
      signIn(provider, request, response).catch(() => response.writeHead(500).end())
      return
    }
    void handle(request, response)
  })
  server.listen(Number(new URL(issuer).port), '127.0.0.1')
  await once(server, 'listening')
  return {
    issuer,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function configuration(authentication: TokenEndpointAuthentication): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    clients: [clientWith(authentication)],
    clientAuthMethods: [authentication],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...PERSON, sub }) }),
    pkce: { required: () => true },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['interop'] },
  }
}

function clientWith(authentication: TokenEndpointAuthentication): ClientMetadata {
  return {
    client_id: CONSOLE.clientId,
    redirect_uris: [CONSOLE.redirectUri],
    token_endpoint_auth_method: authentication,
    ...(authentication === 'none' ? {} : { client_secret: CONSOLE.clientSecret }),
  }
}

async function signIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ accountId: PERSON.sub, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  await provider.interactionFinished(request, response, {
    login: { accountId: PERSON.sub },
    consent: { grantId: await grant.save() },
  })
}
