import { describe, expect, test } from 'vitest'
import {
  type AdminConsentRequest,
  entraAdminConsentUrl,
  entraAuthorizationUrl,
} from '../../../functions/adapters/entra-authorization-url.ts'
import {
  codeChallengeOf,
  codeVerifierOf,
  nonceOf,
} from '../../../functions/domain/authorization-request.ts'
import type { BegunAuthorization } from '../../../functions/domain/begin-authorization.ts'
import { cloudNamed, discoveryResourceOf } from '../../../functions/domain/clouds.ts'
import { AUTHORITY, RESOURCE, TENANT } from '../../support/builders.ts'
import { CLIENT_ID } from './entra-server.ts'

const redirectUri = 'https://connect.example/connector/callback'
const secrets = { state: 'state-of-the-attempt', browserSecret: 'canary-browser-secret' }

function urlFor(
  begun: Partial<BegunAuthorization> = {},
  entraBaseUrl: string | undefined = undefined,
): URL {
  const url = entraAuthorizationUrl({ entraBaseUrl, redirectUri })({
    outcome: 'begun',
    authority: AUTHORITY,
    clientId: CLIENT_ID,
    resource: RESOURCE,
    secrets,
    loginHint: undefined,
    claims: undefined,
    ...begun,
  })
  return new URL(url)
}

const parametersOf = (url: URL) => Object.fromEntries(url.searchParams)

describe('the redirect to Microsoft', () => {
  test('leads to the tenant of the environment at the login host of its cloud', () => {
    const { origin, pathname } = urlFor()
    expect([origin, pathname]).toEqual([
      'https://login.microsoftonline.com',
      `/${TENANT}/oauth2/v2.0/authorize`,
    ])
  })

  test('leads to another cloud when the environment is there', () => {
    const authority = { loginHost: 'login.microsoftonline.us', tenant: 'organizations' }
    const { origin, pathname } = urlFor({ authority })
    expect([origin, pathname]).toEqual([
      'https://login.microsoftonline.us',
      '/organizations/oauth2/v2.0/authorize',
    ])
  })

  test('leads to the base URL when there is one', () => {
    const { origin, pathname } = urlFor({}, 'http://localhost:4000')
    expect([origin, pathname]).toEqual([
      'http://localhost:4000',
      `/${TENANT}/oauth2/v2.0/authorize`,
    ])
  })

  test('asks for a code with PKCE and nonce, and for the account', () => {
    expect(parametersOf(urlFor())).toEqual({
      client_id: CLIENT_ID,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: redirectUri,
      scope: `${RESOURCE}/user_impersonation offline_access openid profile`,
      state: secrets.state,
      nonce: nonceOf(secrets),
      code_challenge: codeChallengeOf(codeVerifierOf(secrets)),
      code_challenge_method: 'S256',
      prompt: 'select_account',
    })
  })

  test('of a reconnect names the account instead of asking for it', () => {
    const parameters = parametersOf(urlFor({ loginHint: 'O.CiQ+/=&hint' }))
    expect(parameters).toMatchObject({ login_hint: 'O.CiQ+/=&hint' })
    expect(parameters).not.toHaveProperty('prompt')
  })

  test('shows neither the code verifier nor the secret of the browser', () => {
    const { href } = urlFor()
    expect(href).not.toContain(codeVerifierOf(secrets))
    expect(href).not.toContain(secrets.browserSecret)
  })

  test('carries the claims challenge of the last refusal as it came', () => {
    const claims = '{"access_token":{"capolids":{"essential":true,"values":["a&b"]}}}'
    expect(parametersOf(urlFor({ claims }))).toMatchObject({ claims })
    expect(parametersOf(urlFor())).not.toHaveProperty('claims')
  })
})

describe('the link for an administrator', () => {
  function consentUrl(
    request: Partial<AdminConsentRequest> = {},
    entraBaseUrl: string | undefined = undefined,
  ): URL {
    const all = { authority: AUTHORITY, clientId: CLIENT_ID, resource: RESOURCE, ...request }
    return new URL(entraAdminConsentUrl({ entraBaseUrl, redirectUri })(all))
  }

  test('leads to the organization at the login host of its cloud', () => {
    const { origin, pathname } = consentUrl()
    expect([origin, pathname]).toEqual([
      'https://login.microsoftonline.com',
      `/${TENANT}/v2.0/adminconsent`,
    ])
  })

  test('leads to any organization of another cloud', () => {
    const authority = { loginHost: 'login.partner.microsoftonline.cn', tenant: 'organizations' }
    const { origin, pathname } = consentUrl({ authority })
    expect([origin, pathname]).toEqual([
      'https://login.partner.microsoftonline.cn',
      '/organizations/v2.0/adminconsent',
    ])
  })

  test('leads to the base URL when there is one', () => {
    const { origin, pathname } = consentUrl({}, 'http://localhost:4000')
    expect([origin, pathname]).toEqual(['http://localhost:4000', `/${TENANT}/v2.0/adminconsent`])
  })

  test('asks for the permissions of a sign-in and comes back to the same Reply URL', () => {
    const parameters = parametersOf(consentUrl())
    expect(parameters).toEqual({
      client_id: CLIENT_ID,
      scope: `${RESOURCE}/user_impersonation offline_access openid profile`,
      redirect_uri: redirectUri,
    })
    const signIn = parametersOf(urlFor())
    expect(signIn).toMatchObject(parameters)
  })

  test('asks for the list of environments where that was signed in to', () => {
    const resource = discoveryResourceOf(cloudNamed('usgov-dod'))
    expect(parametersOf(consentUrl({ resource }))).toMatchObject({
      scope: expect.stringMatching(/^https:\/\/globaldisco\.crm\.appsplatform\.us\/user_imp/),
    })
  })

  test('holds nothing of the sign-in, since it is sent to somebody else', () => {
    const { href } = consentUrl()
    expect(href).not.toMatch(/state|nonce|code|login_hint/)
  })
})
