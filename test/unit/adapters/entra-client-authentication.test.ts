import { X509Certificate } from 'node:crypto'
import { inspect } from 'node:util'
import { type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose'
import { describe, expect, test } from 'vitest'
import { entraTokenEndpoint } from '../../../functions/adapters/entra-token-endpoint.ts'
import type { AppCredential } from '../../../functions/domain/app-credentials.ts'
import { handClock, T0 } from '../../fakes/hand-clock.ts'
import { TENANT } from '../../support/builders.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import {
  aCodeGrant,
  aRefreshGrant,
  CLIENT_ID,
  type EntraServer,
  entraServer,
  nowInSeconds,
} from './entra-server.ts'

const CERTIFICATE = selfSigned()
const BY_CERTIFICATE: AppCredential = {
  kind: 'certificate',
  clientId: CLIENT_ID,
  privateKey: CERTIFICATE.privateKey,
  thumbprint: CERTIFICATE.thumbprint,
}
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const { now } = handClock()

/** Sends both grants with the credential. */
async function sentWith(appCredential: AppCredential, entra: EntraServer) {
  const endpoint = entraTokenEndpoint({ entraBaseUrl: entra.url, now })
  const outcomes = [
    await endpoint.exchangeCode(aCodeGrant({ appCredential })),
    await endpoint.refresh(aRefreshGrant({ appCredential })),
  ]
  const forms = entra.grants.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
  return { outcomes, forms }
}

/** The assertion as whoever holds the certificate reads it: checked by another library. */
async function verified(
  assertion: string | undefined,
): Promise<{ payload: JWTPayload; protectedHeader: ProtectedHeaderParameters }> {
  const { publicKey } = new X509Certificate(CERTIFICATE.pem)
  return jwtVerify(assertion ?? '', publicKey, { currentDate: T0 })
}

describe('with a certificate', () => {
  test('each request carries an assertion as Entra wants it', async () => {
    const entra = await entraServer()
    await entra.issue()
    const { outcomes, forms } = await sentWith(BY_CERTIFICATE, entra)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['issued', 'issued'])
    for (const form of forms) {
      expect(form).toMatchObject({ client_id: CLIENT_ID, client_assertion_type: JWT_BEARER })
      expect(form).not.toHaveProperty('client_secret')
      const { payload, protectedHeader } = await verified(form.client_assertion)
      expect(protectedHeader).toEqual({
        alg: 'PS256',
        typ: 'JWT',
        'x5t#S256': CERTIFICATE.thumbprint,
      })
      expect(payload).toEqual({
        aud: `${entra.url}/${TENANT}/oauth2/v2.0/token`,
        iss: CLIENT_ID,
        sub: CLIENT_ID,
        jti: expect.stringMatching(/^[\w-]{20,}$/),
        iat: nowInSeconds,
        nbf: nowInSeconds,
        exp: nowInSeconds + 300,
      })
    }
  })

  test('no assertion is like another', async () => {
    const entra = await entraServer()
    await entra.issue()
    const { forms } = await sentWith(BY_CERTIFICATE, entra)
    const ids = await Promise.all(
      forms.map(async (form) => (await verified(form.client_assertion)).payload.jti),
    )
    expect(new Set(ids).size).toBe(2)
  })
})

describe('with an identity token of AWS', () => {
  test('each request carries that token, and no secret', async () => {
    const entra = await entraServer()
    await entra.issue()
    const assertion = 'canary.identity.token'
    const { outcomes, forms } = await sentWith(
      { kind: 'federated', clientId: CLIENT_ID, assertion },
      entra,
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['issued', 'issued'])
    for (const form of forms) {
      expect(form).toMatchObject({
        client_id: CLIENT_ID,
        client_assertion_type: JWT_BEARER,
        client_assertion: assertion,
      })
      expect(form).not.toHaveProperty('client_secret')
    }
  })
})

test.each<[string, AppCredential]>([
  ['a certificate', BY_CERTIFICATE],
  ['an identity token', { kind: 'federated', clientId: CLIENT_ID, assertion: 'canary.a.b' }],
])(
  'no outcome repeats the assertion of %s, whatever Microsoft answers',
  async (_what, credential) => {
    const echo = 'AADSTS700213: canary.a.b No matching federated identity record found.'
    const answers = [
      { status: 401, body: { error: 'invalid_client', error_description: echo } },
      { status: 500, body: { error: 'server_error', error_description: echo } },
      { body: { access_token: echo } },
    ]
    for (const answer of answers) {
      const entra = await entraServer()
      entra.answer(answer)
      const { outcomes, forms } = await sentWith(credential, entra)
      expect(outcomes).not.toContainEqual(expect.objectContaining({ outcome: 'issued' }))
      const everything = inspect(outcomes, { depth: 20, showHidden: true })
      for (const { client_assertion = '' } of forms) {
        expect(client_assertion).not.toBe('')
        expect(everything).not.toContain(client_assertion)
      }
    }
  },
)
