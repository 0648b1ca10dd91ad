import { createPrivateKey } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { entraCredentialCheck } from '../../../functions/adapters/entra-credential-check.ts'
import type { AppCredential } from '../../../functions/domain/app-credentials.ts'
import { knownAppCredentialOf } from '../../../functions/domain/stored-app-credential.ts'
import { TENANTS, USERS } from '../../../infra/local/microsoft/directory.ts'
import type { MicrosoftStandInOptions } from '../../../infra/local/microsoft/server.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import { CLIENT_ID, CLIENT_SECRET, START, scenario } from '../infra/local/microsoft/scenario.ts'
import { send, tinyServer } from '../support/tiny-server.ts'

const now = () => START
const CONTOSO = TENANTS.contoso.id
const BY_SECRET = {
  kind: 'client_secret',
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
} as const

/** What the stand-in for Microsoft answers. */
async function aMicrosoft(options: Partial<MicrosoftStandInOptions> = {}) {
  const stage = await scenario(options)
  const entra = { entraBaseUrl: stage.standIn.url, loginHost: 'login.example', now }
  const check = entraCredentialCheck(entra)
  return {
    ...stage,
    verdict: (credential: AppCredential, tenant?: string) => check({ credential, tenant }),
  }
}

/** A server that answers every question like this. */
async function answering(status: number, body: unknown) {
  const server = await tinyServer((_, response) => send(response, { status, body }))
  const check = entraCredentialCheck({ entraBaseUrl: server.url, loginHost: 'login.example', now })
  return { server, verdict: (tenant?: string) => check({ credential: BY_SECRET, tenant }) }
}

const refusal = (error: string, code: number) => ({
  error,
  error_description: `AADSTS${code}: canary words. Trace ID: 1`,
})

describe('Microsoft judges a client secret', () => {
  test.each([CONTOSO, CONTOSO.toUpperCase(), 'contoso.example'])(
    'and accepts the right one at the tenant of the app: %s',
    async (tenant) => {
      const { verdict } = await aMicrosoft()
      expect(await verdict(BY_SECRET, tenant)).toEqual({ verdict: 'accepted' })
    },
  )

  test('and only does not refuse it where no tenant is named', async () => {
    const { verdict } = await aMicrosoft()
    expect(await verdict(BY_SECRET)).toEqual({ verdict: 'not_refused' })
  })

  test.each([undefined, CONTOSO])('and rejects a wrong or expired one at %s', async (tenant) => {
    const { verdict, admin } = await aMicrosoft()
    await admin('PUT', 'settings', { expiredClientSecret: 'canary-expired' })
    const wrong = await verdict({ ...BY_SECRET, clientSecret: 'canary-wrong' }, tenant)
    expect(wrong).toEqual({ verdict: 'rejected', cause: 'secret_wrong', code: 7000215 })
    const expired = await verdict({ ...BY_SECRET, clientSecret: 'canary-expired' }, tenant)
    expect(expired).toEqual({ verdict: 'rejected', cause: 'secret_expired', code: 7000222 })
  })

  test.each([undefined, CONTOSO])('and knows no app of another client id at %s', async (tenant) => {
    const { verdict } = await aMicrosoft()
    const other = { ...BY_SECRET, clientId: '00000000-1111-4222-8333-444444444444' }
    expect(await verdict(other, tenant)).toEqual({ verdict: 'unknown_app', code: 700016 })
  })

  test('and knows the app in a tenant where it is not registered once somebody let it in', async () => {
    const { verdict, authorizeUrl, choose } = await aMicrosoft()
    const { id } = TENANTS.fabrikam
    expect(await verdict(BY_SECRET, id)).toEqual({ verdict: 'unknown_app', code: 700016 })
    const scope = 'https://fabrikam.crm4.dynamics.com/user_impersonation openid'
    await choose(authorizeUrl({ scope }, id), { account: USERS.fabrikamMember.username })
    expect(await verdict(BY_SECRET, id)).toEqual({ verdict: 'accepted' })
  })

  test('and tells what is wrong with a tenant', async () => {
    const { verdict } = await aMicrosoft()
    const of = (tenant: string) => verdict(BY_SECRET, tenant)
    const notFound = { verdict: 'wrong_tenant', cause: 'not_found', code: 90002 }
    expect(await of('nobody.example')).toEqual(notFound)
    expect(await of('00000000-1111-4222-8333-444444444444')).toEqual(notFound)
    expect(await of('contoso')).toEqual({
      verdict: 'wrong_tenant',
      cause: 'malformed',
      code: 900023,
    })
  })

  test.each([
    '',
    '..',
    '../x',
    'a/b',
    'a?b',
    'a b',
    'a%2fb',
    'common',
    'Organizations',
    '.example',
  ])('and is not asked at %j', async (tenant) => {
    const { verdict, standIn } = await aMicrosoft()
    const malformed = { verdict: 'wrong_tenant', cause: 'malformed', code: undefined }
    expect(await verdict(BY_SECRET, tenant)).toEqual(malformed)
    expect(standIn.requests).toEqual([])
  })
})

describe('Microsoft judges a certificate', () => {
  const { pem, keyPem } = selfSigned()
  const known = knownAppCredentialOf({ clientId: CLIENT_ID, certificate: pem, privateKey: keyPem })
  if (known?.kind !== 'certificate') throw new TypeError('the certificate is none')

  test('and accepts the one that was uploaded', async () => {
    const { verdict } = await aMicrosoft({ clientCertificate: pem })
    expect(await verdict(known, CONTOSO)).toEqual({ verdict: 'accepted' })
    expect(await verdict(known)).toEqual({ verdict: 'not_refused' })
  })

  test('and rejects one that it does not know, or whose key is another', async () => {
    const unknown = { verdict: 'rejected', cause: 'certificate_unknown', code: 700027 }
    const { verdict: without } = await aMicrosoft()
    expect(await without(known, CONTOSO)).toEqual(unknown)
    const { verdict } = await aMicrosoft({ clientCertificate: pem })
    const privateKey = createPrivateKey(selfSigned().keyPem)
    expect(await verdict({ ...known, privateKey }, CONTOSO)).toEqual(unknown)
  })
})

describe('Microsoft judges who AWS says that this is', () => {
  const ROLE = 'arn:aws:iam::111122223333:role/refresh'

  async function vouched(claims: JWTPayload = {}) {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }]
    const issuer = (await tinyServer((_, response) => send(response, { body: { keys } }))).url
    const seconds = START.getTime() / 1000
    const aud = 'api://AzureADTokenExchange'
    const payload = { iss: issuer, sub: ROLE, aud, iat: seconds, exp: seconds + 300, ...claims }
    const header = { alg: 'RS256', kid: 'k' }
    const assertion = await new SignJWT(payload).setProtectedHeader(header).sign(privateKey)
    return { issuer, credential: { kind: 'federated', clientId: CLIENT_ID, assertion } as const }
  }

  test('and accepts a role that the app trusts', async () => {
    const { issuer, credential } = await vouched()
    const { verdict } = await aMicrosoft({ federatedCredentials: [{ issuer, subject: ROLE }] })
    expect(await verdict(credential, CONTOSO)).toEqual({ verdict: 'accepted' })
  })

  test('and rejects another issuer, role or audience', async () => {
    const { issuer, credential } = await vouched()
    const untrusted = { verdict: 'rejected', cause: 'federation_untrusted' }
    const { verdict: nobody } = await aMicrosoft()
    expect(await nobody(credential, CONTOSO)).toMatchObject({ ...untrusted, code: 700211 })
    const other = `${ROLE}-other`
    const { verdict } = await aMicrosoft({ federatedCredentials: [{ issuer, subject: other }] })
    expect(await verdict(credential, CONTOSO)).toMatchObject({ ...untrusted, code: 700213 })
    const elsewhere = await vouched({ aud: 'api://AzureADTokenExchangeChina' })
    const trusted = { issuer: elsewhere.issuer, subject: ROLE }
    const { verdict: china } = await aMicrosoft({ federatedCredentials: [trusted] })
    expect(await china(elsewhere.credential)).toMatchObject({ ...untrusted, code: 700212 })
  })
})

describe('an answer', () => {
  test.each([
    [401, refusal('invalid_client', 70021), ['rejected', 'federation_untrusted', 70021]],
    [401, refusal('invalid_client', 7002121), ['rejected', 'federation_untrusted', 7002121]],
    [401, refusal('invalid_client', 7000218), ['rejected', 'other', 7000218]],
    [401, { error: 'invalid_client' }, ['rejected', 'other', undefined]],
    [400, refusal('unauthorized_client', 700016), ['unknown_app', undefined, 700016]],
    [401, refusal('invalid_client', 7000229), ['unknown_app', undefined, 7000229]],
    [400, refusal('invalid_request', 90002), ['wrong_tenant', 'not_found', 90002]],
    [400, refusal('invalid_request', 900023), ['wrong_tenant', 'malformed', 900023]],
    [400, refusal('invalid_request', 90038), ['wrong_tenant', 'in_another_cloud', 90038]],
    [400, refusal('invalid_grant', 9002313), ['not_refused', undefined, undefined]],
    [503, 'busy', ['no_answer', undefined, undefined, 503]],
    [429, refusal('invalid_client', 7000215), ['no_answer', undefined, undefined, 429]],
    [400, '<html>', ['no_answer', undefined, undefined, undefined]],
    [200, { access_token: 'x' }, ['accepted', undefined, undefined]],
  ])('of %s %j is a verdict', async (status, body, [verdict, cause, code, on]) => {
    const { verdict: given } = await answering(status, body)
    const result = await given()
    expect(result).toEqual(JSON.parse(JSON.stringify({ verdict, cause, code, status: on })))
    expect(JSON.stringify(result)).not.toContain('canary')
  })

  test('that does not come is none', async () => {
    const at = { entraBaseUrl: 'http://127.0.0.1:1', loginHost: 'login.example', now }
    const verdict = await entraCredentialCheck(at)({ credential: BY_SECRET, tenant: undefined })
    expect(verdict).toEqual({ verdict: 'no_answer', status: undefined })
  })

  test('is asked for by a token of the app itself, else by a refresh token that is none', async () => {
    const { server, verdict } = await answering(200, {})
    await verdict('contoso.example')
    await verdict()
    const asked = server.received.map(({ path, body }) => ({
      path,
      ...Object.fromEntries(new URLSearchParams(body)),
    }))
    const app = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET }
    expect(asked).toEqual([
      {
        path: '/contoso.example/oauth2/v2.0/token',
        ...app,
        grant_type: 'client_credentials',
        scope: `${CLIENT_ID}/.default`,
      },
      {
        path: '/organizations/oauth2/v2.0/token',
        ...app,
        grant_type: 'refresh_token',
        refresh_token: 'none',
        scope: 'openid',
      },
    ])
  })
})
