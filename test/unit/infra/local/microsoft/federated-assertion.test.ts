import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { entraTokenEndpoint } from '../../../../../functions/adapters/entra-token-endpoint.ts'
import { secretsManagerAppCredentials } from '../../../../../functions/adapters/secrets-manager-app-credentials.ts'
import { stsIdentityToken } from '../../../../../functions/adapters/sts-identity-token.ts'
import { redeemWithAppCredential } from '../../../../../functions/domain/redeem-with-app-credential.ts'
import { TENANTS, USERS } from '../../../../../infra/local/microsoft/directory.ts'
import { aResource } from '../../../../support/builders.ts'
import { SECRET_ARN, secretsServer } from '../../../adapters/secrets-server.ts'
import { send, tinyServer } from '../../../support/tiny-server.ts'
import { CLIENT_ID, RESOURCE, START, scenario } from './scenario.ts'

const ROLE = 'arn:aws:iam::111122223333:role/refresh'
const now = () => START
const NOW = START.getTime() / 1000
const { privateKey, publicKey } = await generateKeyPair('RS256')

/** An AWS account that vouches for its roles: STS, and the issuer's keys. */
async function anAccount(claims: JWTPayload = {}): Promise<string> {
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }]
  const server = await tinyServer(async ({ path, body }, response) => {
    if (path === '/.well-known/jwks.json') return send(response, { body: { keys } })
    const asked = new URLSearchParams(body)
    const token = await new SignJWT({
      iss: server.url,
      sub: ROLE,
      aud: asked.get('Audience.member.1') ?? '',
      iat: NOW,
      exp: NOW + Number(asked.get('DurationSeconds')),
      ...claims,
    })
      .setProtectedHeader({ alg: String(asked.get('SigningAlgorithm')), kid: 'k' })
      .sign(privateKey)
    const expiration = new Date((NOW + 900) * 1000).toISOString()
    return send(response, {
      headers: { 'content-type': 'text/xml' },
      body: `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult><WebIdentityToken>${token}</WebIdentityToken><Expiration>${expiration}</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
    })
  })
  vi.stubEnv('AWS_ENDPOINT_URL_STS', server.url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  return server.url
}

/** Refreshes as the service does, for an app that holds no credential. */
async function refreshed(account: string, trusted: { issuer?: string; subject?: string } = {}) {
  const trust = { issuer: account, subject: ROLE, ...trusted }
  const stage = await scenario({ federatedCredentials: [trust] })
  const { refresh_token: refreshToken } = await stage.tokens()
  const { client } = await secretsServer({ clientId: CLIENT_ID, federated: true })
  const credentials = secretsManagerAppCredentials(client, {
    secretArn: SECRET_ARN,
    readIdentityToken: stsIdentityToken({ now }),
    tellNewestRejected: () => undefined,
    now,
  })
  const endpoint = entraTokenEndpoint({ entraBaseUrl: stage.standIn.url, now })
  const tenant = TENANTS.contoso.id
  const objectId = USERS.contosoMember.objectIds[tenant] ?? ''
  return redeemWithAppCredential(credentials, (appCredential) =>
    endpoint.refresh({
      authority: { loginHost: 'login.microsoftonline.com', tenant },
      appCredential,
      refreshToken,
      resource: aResource(RESOURCE),
      user: { tenantId: tenant, objectId },
      signal: new AbortController().signal,
    }),
  )
}

describe('an app without a credential of its own', () => {
  test('refreshes by what AWS says of its role', async () => {
    expect(await refreshed(await anAccount())).toMatchObject({ outcome: 'issued' })
  })

  test.each<[string, { issuer?: string; subject?: string }, JWTPayload, number]>([
    ['the issuer', { issuer: 'https://other.tokens.sts.global.api.aws' }, {}, 700211],
    ['the audience', {}, { aud: 'https://elsewhere.example' }, 700212],
    ['the role', { subject: 'arn:aws:iam::111122223333:role/Refresh' }, {}, 700213],
    ['the time', {}, { exp: NOW - 1 }, 700024],
  ])('is refused when %s is not the one that Microsoft was told', async (...row) => {
    const [, trusted, claims, code] = row
    const outcome = await refreshed(await anAccount(claims), trusted)
    expect(outcome).toMatchObject({
      outcome: 'refused',
      refusal: { status: 401, error: 'invalid_client', code },
    })
  })
})
