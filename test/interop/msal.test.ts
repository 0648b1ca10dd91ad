import { X509Certificate } from 'node:crypto'
import { InteractionRequiredAuthError } from '@azure/msal-node'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientAuthenticationOf } from '../../functions/adapters/entra-client-authentication.ts'
import { authorizationServerOf } from '../../functions/adapters/entra-endpoints.ts'
import { type SelfSigned, selfSigned } from '../support/self-signed-certificate.ts'
import { startEmulate } from './servers/emulate.ts'
import { setFault, startOwnStandIn } from './servers/microsoft-stand-in.ts'
import { startMockOauth2Server } from './servers/mock-oauth2-server.ts'
import { startOidcProvider } from './servers/oidc-provider.ts'
import { APP, type IdentityServer, TENANT_ID } from './support/identity-server.ts'
import { ENVIRONMENT_SCOPES, refreshTokenOf, signInByMsal } from './support/msal.ts'
import { Partner } from './support/partner.ts'
import { type Stage, setUpStage } from './support/stage.ts'

const REDIRECT_URI = 'http://localhost:3999/connector/callback'
const SERVERS = [
  ['our stand-in for Microsoft', startOwnStandIn],
  ['emulate', startEmulate],
  ['mock-oauth2-server', startMockOauth2Server],
  ['oidc-provider', startOidcProvider],
] as const

describe.each(SERVERS)('MSAL Node at %s', (_name, start) => {
  let server: IdentityServer
  beforeAll(async () => {
    server = await start(REDIRECT_URI)
  })
  afterAll(() => server.close())

  test('signs a user in and gets a token of the tenant', async () => {
    const { result } = await signInByMsal({ server }, REDIRECT_URI)
    expect(result.tenantId).toBe(TENANT_ID)
    expect(result.tokenType).toBe('Bearer')
    expect(await server.recognises(result.accessToken)).toBe(true)
  })

  test('renews the access token by the refresh token', async () => {
    const { client, result } = await signInByMsal({ server }, REDIRECT_URI)
    const refreshToken = refreshTokenOf(client)
    const scopes = ENVIRONMENT_SCOPES
    const renewed = await client.acquireTokenByRefreshToken({ scopes, refreshToken })
    expect(renewed?.accessToken).not.toBe(result.accessToken)
    expect(await server.recognises(renewed?.accessToken ?? '')).toBe(true)
  })

  test('is refused once the grant has ended', async () => {
    const { client } = await signInByMsal({ server }, REDIRECT_URI)
    const refreshToken = refreshTokenOf(client)
    await server.revokeGrants()
    const renewal = client.acquireTokenByRefreshToken({ scopes: ENVIRONMENT_SCOPES, refreshToken })
    await expect(renewal).rejects.toMatchObject({ errorCode: 'invalid_grant' })
  })
})

describe('MSAL Node at our stand-in for Microsoft', () => {
  let server: IdentityServer
  beforeAll(async () => {
    server = await startOwnStandIn(REDIRECT_URI)
  })
  afterAll(() => server.close())

  // not 70043: MSAL JS 7.2 does not know its suberror, token_expired
  const asksForAPerson = [50076, 50079, 50173, 53003, 65001]
  test.each(asksForAPerson)('takes AADSTS%i for one that a person must act on', async (code) => {
    expect(await refusalOf(server, code)).toBeInstanceOf(InteractionRequiredAuthError)
  })

  const doesNot = [7000215, 7000222, 50196, 90033]
  test.each(doesNot)('takes AADSTS%i for one that no sign-in would mend', async (code) => {
    const refusal = await refusalOf(server, code)
    expect(refusal).toMatchObject({ name: 'ServerError' })
    expect(refusal).not.toBeInstanceOf(InteractionRequiredAuthError)
  })
})

describe.each(SERVERS)('what MSAL Node holds at %s', (_name, start) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setUpStage(start)
  })
  afterAll(() => stage.close())

  const importInto = async (refreshToken: string) => {
    const partner = await Partner.authenticate(stage.service, 'moving-in')
    const id = await partner.install()
    const AuthValue = JSON.stringify({ RefreshToken: refreshToken })
    const body = { AuthValue }
    const imported = await partner.call(`/account/connectors/${id}`, { method: 'PUT', body })
    return { partner, id, imported }
  }

  test('connects a connection without a sign-in, and is renewed from then on', async () => {
    const { server, service } = stage
    const { client } = await signInByMsal({ server }, `${service.url}/connector/callback`)
    const { partner, id, imported } = await importInto(refreshTokenOf(client))
    const connected = { Status: 'connected', AuthValue: null, User: { TenantId: TENANT_ID } }
    expect(imported).toMatchObject({ status: 200, body: connected })
    expect(await partner.refresh(id)).toMatchObject({ body: { Outcome: 'refreshed' } })
    const { body } = await partner.token(id)
    expect(await server.recognises(String(body.AccessToken))).toBe(true)
    expect(service.output()).not.toContain(refreshTokenOf(client))
  })

  test('is refused once the grant has ended', async () => {
    const { server, service } = stage
    const { client } = await signInByMsal({ server }, `${service.url}/connector/callback`)
    const refreshToken = refreshTokenOf(client)
    await server.revokeGrants()
    const { partner, id, imported } = await importInto(refreshToken)
    expect(imported).toMatchObject({ status: 409, body: { Code: 'import_refused' } })
    expect(await partner.connection(id)).toMatchObject({ body: { Status: 'pending' } })
  })
})

describe('MSAL Node with a certificate', () => {
  const certificate = selfSigned()
  let server: IdentityServer
  beforeAll(async () => {
    server = await startOwnStandIn(REDIRECT_URI, certificate.pem)
  })
  afterAll(() => server.close())

  test('says of the app what we say', async () => {
    const sent: URLSearchParams[] = []
    const signIn = signInByMsal({ server, certificate, sent }, REDIRECT_URI)
    // Its assertion is for the real Microsoft's token endpoint, whatever the host is replaced by.
    await expect(signIn).rejects.toMatchObject({ errorMessage: expect.stringContaining('700212') })
    const [form] = sent
    const own = await formOf(certificate)
    for (const name of ['client_id', 'client_assertion_type']) {
      expect(own.get(name)).toBe(form?.get(name))
    }
    const theirs = form?.get('client_assertion') ?? ''
    const ours = own.get('client_assertion') ?? ''
    expect(decodeProtectedHeader(ours)).toEqual(decodeProtectedHeader(theirs))
    const { publicKey } = new X509Certificate(certificate.pem)
    const { aud, iss, sub } = (await jwtVerify(theirs, publicKey, { clockTolerance: 60 })).payload
    expect(decodeJwt(ours)).toMatchObject({ aud, iss, sub })
    expect(Object.keys(decodeJwt(ours))).toEqual(
      expect.arrayContaining(Object.keys(decodeJwt(theirs))),
    )
  })
})

/** What the service adds to a token request at Microsoft to prove itself. */
async function formOf({ privateKey, thumbprint }: SelfSigned): Promise<URLSearchParams> {
  const { clientId } = APP
  const authority = { loginHost: 'login.microsoftonline.com', tenant: TENANT_ID }
  const entra = authorizationServerOf({ entraBaseUrl: undefined }, authority)
  const credential = { kind: 'certificate', clientId, privateKey, thumbprint } as const
  const form = new URLSearchParams()
  const authenticate = clientAuthenticationOf(credential, { server: entra, now: new Date() })
  await authenticate(entra, { client_id: clientId }, form, new Headers())
  return form
}

/** What MSAL throws when the stand-in refuses a refresh with this code. */
async function refusalOf(server: IdentityServer, code: number): Promise<unknown> {
  const { client } = await signInByMsal({ server }, REDIRECT_URI)
  await setFault(server.url, { endpoint: 'token', grantType: 'refresh_token', code, times: 1 })
  const scopes = ENVIRONMENT_SCOPES
  const refreshToken = refreshTokenOf(client)
  const outcome = client.acquireTokenByRefreshToken({ scopes, refreshToken })
  return await outcome.then(
    () => expect.unreachable('the refresh succeeded'),
    (error: unknown) => error,
  )
}
