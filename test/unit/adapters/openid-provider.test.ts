import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openidProvider } from '../../../functions/adapters/openid-provider.ts'
import type { PeopleProvider } from '../../../functions/domain/people-provider.ts'
import { handClock } from '../../fakes/hand-clock.ts'
import {
  ACCESS_TOKEN,
  CLIENT_ID,
  CLIENT_SECRET,
  CODE,
  type IdTokenParts,
  openidServer,
  REDIRECT_URI,
} from './openid-server.ts'

const { signal } = new AbortController()

/** A provider, and a sign-in that was begun with it. */
async function begun(changes: Partial<PeopleProvider> = {}) {
  const server = await openidServer()
  const provider = { ...server.provider, ...changes }
  const signIn = openidProvider({ now: handClock().now })
  const request = { provider, redirectUri: REDIRECT_URI, signal }
  const beginning = await signIn.begin(request)
  if (beginning.outcome !== 'begun') throw new TypeError(`it did not begin: ${beginning.why}`)
  const { secrets } = beginning
  const comeBack = (parameters: Readonly<Record<string, string>>) =>
    signIn.complete({ ...request, secrets, callbackParameters: new URLSearchParams(parameters) })
  return {
    ...beginning,
    server,
    signIn,
    request,
    comeBack,
    signedIn: async (parts?: IdTokenParts) => {
      await server.issue(secrets.nonce, parts)
      return comeBack({ code: CODE, state: secrets.state })
    },
  }
}

/** What comes of a provider before anything is begun. */
async function beginning(bend: (server: Awaited<ReturnType<typeof openidServer>>) => unknown) {
  const server = await openidServer()
  bend(server)
  const request = { provider: server.provider, redirectUri: REDIRECT_URI, signal }
  return openidProvider({ now: handClock().now }).begin(request)
}

const withoutSecret = ({ clientSecret, ...provider }: PeopleProvider) => provider

describe('a sign-in begins', () => {
  test('where the metadata says, with PKCE, state and nonce', async () => {
    const { authorizationUrl, secrets } = await begun()
    const url = new URL(authorizationUrl)
    expect(url.pathname).toBe('/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '7',
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid email profile',
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: createHash('sha256').update(secrets.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    expect(authorizationUrl).not.toContain(secrets.codeVerifier)
  })

  test('with new secrets each time', async () => {
    const { signIn, request, secrets } = await begun()
    const second = await signIn.begin(request)
    const others = second.outcome === 'begun' ? Object.values(second.secrets) : []
    expect(new Set([...Object.values(secrets), ...others]).size).toBe(6)
  })
})

describe('a sign-in does not begin', () => {
  const METADATA = '/tenant/.well-known/openid-configuration'

  test.each([408, 429, 500, 503])('while the provider answers %i', async (status) => {
    const result = await beginning(({ answer }) => answer(METADATA, { status, body: 'canary' }))
    expect(result).toEqual({ outcome: 'unavailable', why: 'no_answer', status })
  })

  test('while nobody answers', async () => {
    const provider = { issuer: 'http://127.0.0.1:1', clientId: CLIENT_ID, people: [] }
    const request = { provider, redirectUri: REDIRECT_URI, signal }
    const result = await openidProvider({ now: handClock().now }).begin(request)
    expect(result).toEqual({ outcome: 'unavailable', why: 'no_answer', status: undefined })
  })

  test.each([
    ['a page', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['nothing there', { status: 404 }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example' } }],
    ['no issuer', { body: {} }],
    ['an issuer that is no address', { body: { issuer: 'javascript:alert(1)' } }],
  ])('at %s', async (_, answer) => {
    const result = await beginning((server) => server.answer(METADATA, answer))
    expect(result).toEqual({ outcome: 'unavailable', why: 'not_a_provider' })
  })

  test.each([
    { authorization_endpoint: undefined },
    { token_endpoint: undefined },
    { jwks_uri: undefined },
    { jwks_uri: 7 },
    { authorization_endpoint: 'javascript:alert(1)' },
    { authorization_endpoint: 'ftp://elsewhere.example' },
  ])('without what the code flow needs: %j', async (members) => {
    const result = await beginning(({ metadata }) => metadata(members))
    expect(result).toEqual({ outcome: 'unavailable', why: 'not_a_provider' })
  })

  test('at a provider that calls itself otherwise, and says how', async () => {
    const issuer = 'https://login.example/other'
    const result = await beginning(({ metadata }) => metadata({ issuer }))
    expect(result).toEqual({ outcome: 'unavailable', why: 'another_issuer', issuer })
  })

  test('where no way to prove the client is known', async () => {
    const methods = { token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'] }
    const result = await beginning(({ metadata }) => metadata(methods))
    const why = 'client_authentication_unsupported'
    expect(result).toEqual({ outcome: 'unavailable', why })
  })
})

describe('a sign-in is completed', () => {
  test('by the code, the verifier and the id_token of the provider', async () => {
    const { signedIn, server, secrets } = await begun()
    expect(await signedIn()).toEqual({
      outcome: 'signed_in',
      person: {
        subject: '248289761001',
        email: 'ana@partner.example',
        emailVerified: true,
        name: 'Ana Costa',
        claims: expect.objectContaining({ groups: ['operators'] }),
      },
    })
    const [request] = server.at('/token')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'authorization_code',
      code: CODE,
      redirect_uri: REDIRECT_URI,
      code_verifier: secrets.codeVerifier,
    })
  })

  test('by an id_token of another algorithm that the metadata names', async () => {
    const { signedIn } = await begun()
    expect(await signedIn({ by: 'an elliptic curve' })).toMatchObject({ outcome: 'signed_in' })
  })

  const basic = `Basic ${Buffer.from('console:canary%2Bclient%26secret').toString('base64')}`

  test.each([
    [undefined, basic, undefined],
    [['client_secret_post', 'client_secret_basic'], basic, undefined],
    [['client_secret_post'], undefined, CLIENT_SECRET],
  ])('with the client proven as the provider wants: %j', async (methods, header, inBody) => {
    const { signedIn, server } = await begun()
    server.metadata({ token_endpoint_auth_methods_supported: methods })
    expect(await signedIn()).toMatchObject({ outcome: 'signed_in' })
    const [request] = server.at('/token')
    expect(request?.headers.authorization).toBe(header)
    expect(new URLSearchParams(request?.body).get('client_secret') ?? undefined).toBe(inBody)
  })

  test('without a secret by a public client', async () => {
    const { signIn, server, request, ...first } = await begun()
    const provider = withoutSecret(request.provider)
    const { secrets } = first
    await server.issue(secrets.nonce)
    const callbackParameters = new URLSearchParams({ code: CODE, state: secrets.state })
    const result = await signIn.complete({ ...request, provider, secrets, callbackParameters })
    expect(result).toMatchObject({ outcome: 'signed_in' })
    const [sent] = server.at('/token')
    expect(sent?.headers.authorization).toBeUndefined()
    const parameters = new URLSearchParams(sent?.body)
    expect([parameters.get('client_id'), parameters.get('client_secret')]).toEqual([
      CLIENT_ID,
      null,
    ])
  })

  test.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [0, false],
    [undefined, undefined],
    [null, undefined],
  ])('with an address that is proven, or not: %j', async (email_verified, emailVerified) => {
    const { signedIn } = await begun()
    const result = await signedIn({ claims: { email_verified } })
    expect(result).toMatchObject({ person: { email: 'ana@partner.example', emailVerified } })
  })
})

describe('userinfo', () => {
  const bare = { email: undefined, email_verified: undefined, name: undefined, groups: undefined }
  const told = {
    sub: '248289761001',
    email: 'eve@elsewhere.example',
    email_verified: true,
    name: 'Eve',
    groups: ['guests'],
  }

  async function withUserinfo(body: unknown, parts?: IdTokenParts) {
    const stage = await begun()
    const { origin } = new URL(stage.request.provider.issuer)
    stage.server.metadata({ userinfo_endpoint: `${origin}/userinfo` })
    stage.server.answer('/userinfo', { body })
    const result = await stage.signedIn(parts)
    if (result.outcome !== 'signed_in') throw new TypeError(`not signed in: ${result.why}`)
    return { person: result.person, server: stage.server }
  }

  test('adds what the id_token leaves out', async () => {
    const { person, server } = await withUserinfo(told, { claims: bare })
    expect(person).toMatchObject({ email: told.email, emailVerified: true, name: 'Eve' })
    expect(person.claims.groups).toEqual(['guests'])
    const [request] = server.at('/userinfo')
    expect(request?.headers.authorization).toBe(`Bearer ${ACCESS_TOKEN}`)
  })

  test('changes nothing that the id_token says, and proves no address of it', async () => {
    const { person } = await withUserinfo(told, { claims: { email_verified: undefined } })
    expect(person).toMatchObject({ email: 'ana@partner.example', name: 'Ana Costa' })
    expect(person.emailVerified).toBeUndefined()
    expect(person.claims.groups).toEqual(['operators'])
  })

  test.each([{ ...told, sub: 'another' }, {}, '<html>', 'null'])(
    'that is of nobody, or of another, adds nothing: %j',
    async (body) => {
      const { person } = await withUserinfo(body, { claims: bare })
      expect(person).toMatchObject({ subject: told.sub, email: undefined, name: undefined })
    },
  )
})

describe('a sign-in is refused', () => {
  test.each<[what: string, parts: IdTokenParts, check: string]>([
    ['of another issuer', { claims: { iss: 'https://evil.example' } }, 'CLAIM_COMPARISON'],
    ['for another audience', { claims: { aud: 'another' } }, 'CLAIM_COMPARISON'],
    [
      'for several, one of them ours',
      { claims: { aud: [CLIENT_ID, 'b'], azp: 'b' } },
      'COMPARISON',
    ],
    ['with another nonce', { claims: { nonce: 'another' } }, 'CLAIM_COMPARISON'],
    ['without a nonce', { claims: { nonce: undefined } }, 'INVALID_RESPONSE'],
    ['that has expired', { claims: { exp: 1 } }, 'TIMESTAMP'],
    ['that is not good yet', { claims: { nbf: 4e9 } }, 'TIMESTAMP'],
    ['without a subject', { claims: { sub: undefined } }, 'INVALID_RESPONSE'],
    ['without an end', { claims: { exp: undefined } }, 'INVALID_RESPONSE'],
    ['signed by nobody', { by: 'none' }, 'INVALID_RESPONSE'],
    ['signed by the client secret', { by: 'the client secret' }, 'INVALID_RESPONSE'],
    ['signed by another key', { by: 'another key' }, 'INVALID_RESPONSE'],
    ['signed by a key that is not there', { keyId: 'unknown' }, 'KEY_SELECTION'],
  ])('for an id_token %s', async (_, parts, check) => {
    const { signedIn } = await begun()
    const result = await signedIn(parts)
    expect(result).toEqual({
      outcome: 'refused',
      why: 'not_proven',
      what: expect.stringContaining(check),
    })
  })

  test.each(['none', 'the client secret'] as const)(
    'for an id_token signed by %s also where the metadata allows that',
    async (by) => {
      const { signedIn, server } = await begun()
      server.metadata({ id_token_signing_alg_values_supported: ['none', 'HS256', 'RS256'] })
      expect(await signedIn({ by })).toMatchObject({ outcome: 'refused', why: 'not_proven' })
    },
  )

  test('without an id_token', async () => {
    const { server, comeBack, secrets } = await begun()
    server.answer('/token', { body: { token_type: 'Bearer', access_token: ACCESS_TOKEN } })
    const result = await comeBack({ code: CODE, state: secrets.state })
    expect(result).toMatchObject({ outcome: 'refused', why: 'not_proven' })
  })

  test.each<[what: string, parameters: Readonly<Record<string, string>>]>([
    ['another state', { code: CODE, state: 'another' }],
    ['no state', { code: CODE }],
    ['an error and another state', { error: 'access_denied', state: 'another' }],
  ])('for an answer with %s, without a word to the provider', async (_, parameters) => {
    const { server, comeBack } = await begun()
    const before = server.received.length
    expect(await comeBack(parameters)).toEqual({ outcome: 'refused', why: 'not_the_answer' })
    expect(server.received).toHaveLength(before)
  })

  test('for an answer with two states, of another issuer or without a code', async () => {
    const { signIn, request, comeBack, secrets } = await begun()
    const { state } = secrets
    const refused = { outcome: 'refused', why: 'not_the_answer' }
    const callbackParameters = new URLSearchParams(`code=x&state=${state}&state=${state}`)
    expect(await signIn.complete({ ...request, secrets, callbackParameters })).toEqual(refused)
    expect(await comeBack({ code: CODE, state, iss: 'https://evil.example' })).toEqual(refused)
    expect(await comeBack({ state })).toEqual(refused)
  })

  test.each([
    ['access_denied', 'access_denied'],
    ['<script>canary', 'unknown'],
  ])('when the provider does not grant it: %s', async (error, told) => {
    const { comeBack, secrets } = await begun()
    const error_description = 'canary words'
    const result = await comeBack({ error, error_description, state: secrets.state })
    expect(result).toEqual({ outcome: 'refused', why: 'not_granted', error: told })
  })

  test.each([
    [401, { error: 'invalid_client', error_description: 'canary' }, 'invalid_client'],
    [400, { error: 'invalid_grant' }, 'invalid_grant'],
    [400, '<html>canary', 'unknown'],
    [302, '', 'unknown'],
  ])('when the code is not redeemed: %i %j', async (status, body, error) => {
    const { server, comeBack, secrets } = await begun()
    const headers = { 'www-authenticate': 'Basic realm="canary"' }
    server.answer('/token', { status, body, headers })
    const result = await comeBack({ code: CODE, state: secrets.state })
    expect(result).toEqual({ outcome: 'refused', why: 'not_redeemed', error })
  })
})

describe('a sign-in may be tried again', () => {
  test.each(['/token', '/tenant/.well-known/openid-configuration'])(
    'while %s does not answer',
    async (path) => {
      const { server, comeBack, secrets } = await begun()
      server.answer(path, { status: 503 })
      const result = await comeBack({ code: CODE, state: secrets.state })
      expect(result).toEqual({ outcome: 'unavailable', why: 'no_answer', status: 503 })
    },
  )

  test('while the keys do not come', async () => {
    const { signedIn, server } = await begun()
    server.answer('/keys', { status: 500 })
    const noAnswer = { outcome: 'unavailable', why: 'no_answer', status: undefined }
    expect(await signedIn()).toEqual(noAnswer)
  })
})
