import {
  type AuthorizationServer,
  type ClientAuth,
  ClientSecretPost,
  modifyAssertion,
  PrivateKeyJwt,
} from 'oauth4webapi'
import type { AppCredential, CertificateCredential } from '../domain/app-credentials.ts'

/** How long an assertion is good for: Entra advises five to ten minutes. */
const ASSERTION_LIFETIME_SECONDS = 5 * 60

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * How a token request says which app sends it.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials
 */
export function clientAuthenticationOf(
  credential: AppCredential,
  request: { readonly server: AuthorizationServer; readonly now: Date },
): ClientAuth {
  switch (credential.kind) {
    case 'client_secret':
      return ClientSecretPost(credential.clientSecret)
    case 'certificate':
      return signedAssertion(credential, request)
    case 'federated':
      return issuedAssertion(credential.assertion)
  }
}

/** Entra knows the certificate by its thumbprint, and wants the token endpoint as audience. */
function signedAssertion(
  { privateKey, thumbprint }: CertificateCredential,
  { server, now }: { readonly server: AuthorizationServer; readonly now: Date },
): ClientAuth {
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-256' }
  return PrivateKeyJwt(privateKey.toCryptoKey(algorithm, false, ['sign']), {
    [modifyAssertion]: (header, payload) => {
      Object.assign(header, { typ: 'JWT', 'x5t#S256': thumbprint })
      const iat = Math.floor(now.getTime() / 1000)
      const exp = iat + ASSERTION_LIFETIME_SECONDS
      Object.assign(payload, { aud: server.token_endpoint, iat, nbf: iat, exp })
    },
  })
}

function issuedAssertion(assertion: string): ClientAuth {
  return (_server, client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_assertion_type', JWT_BEARER)
    body.set('client_assertion', assertion)
  }
}
