import { type KeyObject, X509Certificate } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { StandInContext } from './context.ts'
import { federatedProblem, isFederated } from './federated-assertion.ts'

/** What is registered of a client certificate: its public half, and its thumbprint. */
export interface ClientCertificate {
  readonly publicKey: KeyObject
  /** base64url of the SHA-256 over the certificate: the `x5t#S256` of an assertion. */
  readonly thumbprint: string
}

/** The `client_assertion_type` of private_key_jwt. */
export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const BAD_SIGNATURE = 700027
const OUTSIDE_TIME_RANGE = 700024
const BAD_AUDIENCE = 700212
/** Entra tolerates clocks that differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 300

/** Reads a certificate in PEM, as it would be uploaded to the app registration. */
export function readClientCertificate(pem: string): ClientCertificate {
  const certificate = new X509Certificate(pem)
  const digest = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex')
  return { publicKey: certificate.publicKey, thumbprint: digest.toString('base64url') }
}

/** The assertions that were taken, each of which is good for one request (RFC 7523 §3, item 7). */
export interface TakenAssertions {
  isNew(claims: JWTPayload): boolean
}

export function takenAssertions(now: () => Date): TakenAssertions {
  const expiryById = new Map<string, number>()
  return {
    isNew: ({ jti = '', exp = 0 }) => {
      const oldest = now().getTime() / 1000 - CLOCK_TOLERANCE_SECONDS
      for (const [id, expiry] of expiryById) if (expiry < oldest) expiryById.delete(id)
      if (expiryById.has(jti)) return false
      expiryById.set(jti, exp)
      return true
    },
  }
}

/** The AADSTS code for an assertion that does not prove who sent it; `undefined` when it does. */
export async function assertionProblem(
  context: StandInContext,
  authority: string,
  assertion: string,
): Promise<number | undefined> {
  if (isFederated(context, assertion)) return federatedProblem(context, assertion)
  const { clientCertificate, clientId, url } = context
  if (clientCertificate === undefined) return BAD_SIGNATURE
  const issuers = [`${url}/${authority}/oauth2/v2.0/token`, `${url}/${authority}/v2.0`]
  try {
    const { payload, protectedHeader } = await jwtVerify(assertion, clientCertificate.publicKey, {
      algorithms: ['PS256', 'RS256'],
      audience: issuers,
      issuer: clientId,
      subject: clientId,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: context.now(),
    })
    const isRegistered = protectedHeader['x5t#S256'] === clientCertificate.thumbprint
    const isNew = context.assertions.isNew(payload)
    return isRegistered && isNew ? undefined : BAD_SIGNATURE
  } catch (error) {
    return codeOf(error)
  }
}

function codeOf(error: unknown): number {
  if (error instanceof errors.JWTExpired) return OUTSIDE_TIME_RANGE
  if (!(error instanceof errors.JWTClaimValidationFailed)) return BAD_SIGNATURE
  if (error.claim === 'nbf') return OUTSIDE_TIME_RANGE
  return error.claim === 'aud' ? BAD_AUDIENCE : BAD_SIGNATURE
}
