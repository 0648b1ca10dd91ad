import { randomUUID } from 'node:crypto'
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { TENANTS } from '../../../../../infra/local/microsoft/directory.ts'
import { selfSigned } from '../../../../support/self-signed-certificate.ts'
import { CLIENT_ID, refusalOf, type Scenario, START, scenario } from './scenario.ts'

const CERTIFICATE = selfSigned()
const NOW = START.getTime() / 1000

interface Assertion {
  readonly claims?: JWTPayload
  readonly header?: Partial<JWTHeaderParameters>
}

async function refreshWith(stage: Scenario, { claims, header }: Assertion): Promise<Response> {
  const { refresh_token } = await stage.tokens()
  const assertion = await new SignJWT({
    aud: `${stage.standIn.url}/${TENANTS.contoso.id}/oauth2/v2.0/token`,
    iss: CLIENT_ID,
    sub: CLIENT_ID,
    jti: randomUUID(),
    nbf: NOW,
    exp: NOW + 300,
    ...claims,
  })
    .setProtectedHeader({ alg: 'PS256', 'x5t#S256': CERTIFICATE.thumbprint, ...header })
    .sign(CERTIFICATE.privateKey)
  return stage.refresh(refresh_token, {
    client_secret: undefined,
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
}

describe('a client assertion', () => {
  test('is taken in place of the secret when the certificate is registered', async () => {
    const stage = await scenario({ clientCertificate: CERTIFICATE.pem })
    expect((await refreshWith(stage, {})).status).toBe(200)
    expect((await refreshWith(stage, { header: { alg: 'RS256' } })).status).toBe(200)
  })

  test.each<readonly [string, Assertion, number]>([
    ['for another endpoint', { claims: { aud: 'https://elsewhere.example' } }, 700212],
    ['that has expired', { claims: { exp: NOW - 301 } }, 700024],
    ['that is not valid yet', { claims: { nbf: NOW + 301 } }, 700024],
    ['of another application', { claims: { iss: CLIENT_ID, sub: 'other' } }, 700027],
    ['of an issuer that nobody trusts', { claims: { iss: 'other' } }, 700211],
    ['with another thumbprint', { header: { 'x5t#S256': 'other' } }, 700027],
  ])('%s is refused', async (_what, assertion, code) => {
    const stage = await scenario({ clientCertificate: CERTIFICATE.pem })
    const response = await refreshWith(stage, assertion)
    expect(response.status).toBe(401)
    expect(await refusalOf(response)).toMatchObject({
      error: 'invalid_client',
      error_codes: [code],
    })
  })

  test('is good for one request', async () => {
    const stage = await scenario({ clientCertificate: CERTIFICATE.pem })
    const assertion = { claims: { jti: 'the same' } }
    expect((await refreshWith(stage, assertion)).status).toBe(200)
    expect(await refusalOf(await refreshWith(stage, assertion))).toMatchObject({
      error_codes: [700027],
    })
    const another = { claims: { jti: 'another' } }
    expect((await refreshWith(stage, another)).status).toBe(200)
  })

  test('is refused when no certificate, or another, is registered', async () => {
    for (const options of [{}, { clientCertificate: selfSigned().pem }]) {
      const stage = await scenario(options)
      expect((await refusalOf(await refreshWith(stage, {}))).error_codes).toEqual([700027])
    }
  })

  test('is no reason to start listening when the certificate cannot be read', async () => {
    await expect(scenario({ clientCertificate: 'rubbish' })).rejects.toThrow()
  })
})
