import {
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  clientCredentialsGrantRequest,
  refreshTokenGrantRequest,
} from 'oauth4webapi'
import type { Clock } from '../domain/clock.ts'
import {
  type CheckCredential,
  type CredentialVerdict,
  verdictOnRefusal,
} from '../domain/credential-check.ts'
import { clientAuthenticationOf } from './entra-client-authentication.ts'
import {
  authorizationServerOf,
  type EntraLocation,
  entraRequestOptions,
} from './entra-endpoints.ts'
import { entraFailureOf } from './entra-failure.ts'

export interface EntraCredentialCheckOptions extends EntraLocation {
  /** Where the app is registered, e.g. `login.microsoftonline.com`. */
  readonly loginHost: string
  readonly now: Clock
}

/** A tenant id or a domain, as it may stand in a path. */
const TENANT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i

/** These are no tenant of anybody's, and none is asked there for a token of the app's own. */
const NO_TENANT: readonly string[] = ['common', 'consumers', 'organizations']

/** Each call has a time limit of its own. */
const NEVER = new AbortController().signal

/** @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export function entraCredentialCheck(options: EntraCredentialCheckOptions): CheckCredential {
  const { loginHost, now } = options
  return async ({ credential, tenant }) => {
    if (tenant !== undefined && !isTenant(tenant)) {
      return { verdict: 'wrong_tenant', cause: 'malformed', code: undefined }
    }
    const authority = { loginHost, tenant: tenant ?? 'organizations' }
    const server = authorizationServerOf(options, authority)
    const request: TokenRequest = {
      server,
      client: { client_id: credential.clientId },
      authentication: clientAuthenticationOf(credential, { server, now: now() }),
      options: entraRequestOptions(options, NEVER),
    }
    const send = tenant === undefined ? askWithoutTenant : askForOwnToken
    return verdictOn(await send(request).catch(() => undefined), now())
  }
}

function isTenant(tenant: string): boolean {
  return TENANT.test(tenant) && !NO_TENANT.includes(tenant.toLowerCase())
}

interface TokenRequest {
  readonly server: AuthorizationServer
  readonly client: Client
  readonly authentication: ClientAuth
  readonly options: ReturnType<typeof entraRequestOptions>
}

function askForOwnToken({ server, client, authentication, options }: TokenRequest) {
  const scope = { scope: `${client.client_id}/.default` }
  return clientCredentialsGrantRequest(server, client, authentication, scope, options)
}

function askWithoutTenant({ server, client, authentication, options }: TokenRequest) {
  const asked = { ...options, additionalParameters: { scope: 'openid' } }
  return refreshTokenGrantRequest(server, client, authentication, 'none', asked)
}

async function verdictOn(response: Response | undefined, now: Date): Promise<CredentialVerdict> {
  if (response === undefined) return { verdict: 'no_answer', status: undefined }
  if (response.status === 200) return { verdict: 'accepted' }
  const failure = await entraFailureOf(response, now)
  switch (failure.outcome) {
    case 'refused':
      return verdictOnRefusal(failure.refusal)
    case 'unavailable':
      return { verdict: 'no_answer', status: failure.status }
    case 'malformed':
      return { verdict: 'no_answer', status: undefined }
  }
}
