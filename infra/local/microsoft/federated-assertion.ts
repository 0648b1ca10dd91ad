import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { StandInContext } from './context.ts'

/** Whom the app registration trusts in the place of a credential. */
export interface FederatedCredential {
  readonly issuer: string
  /** At AWS the ARN of a role. */
  readonly subject: string
}

const AUDIENCE = 'api://AzureADTokenExchange'

const UNKNOWN_ISSUER = 700211
const BAD_AUDIENCE = 700212
const UNKNOWN_SUBJECT = 700213
const OUTSIDE_TIME_RANGE = 700024
const BAD_SIGNATURE = 700027

/** Whether it says to come from another issuer than the app itself. */
export function isFederated({ clientId }: StandInContext, assertion: string): boolean {
  const issuer = issuerOf(assertion)
  return issuer !== undefined && issuer !== clientId
}

/**
 * The AADSTS code for an assertion of an issuer that is not trusted, or about another subject; `undefined`
 * when it proves who sent it. As at Entra, a token may be used until it expires.
 */
export async function federatedProblem(
  { federatedCredentials, now }: StandInContext,
  assertion: string,
): Promise<number | undefined> {
  const trusted = federatedCredentials.filter(({ issuer }) => issuer === issuerOf(assertion))
  const [first] = trusted
  if (first === undefined) return UNKNOWN_ISSUER
  try {
    const keys = createRemoteJWKSet(new URL(`${first.issuer}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(assertion, keys, {
      algorithms: ['RS256'],
      audience: AUDIENCE,
      requiredClaims: ['exp'],
      currentDate: now(),
    })
    return trusted.some(({ subject }) => subject === payload.sub) ? undefined : UNKNOWN_SUBJECT
  } catch (error) {
    return codeOf(error)
  }
}

function issuerOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): number {
  if (error instanceof errors.JWTExpired) return OUTSIDE_TIME_RANGE
  const isAudience = error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud'
  return isAudience ? BAD_AUDIENCE : BAD_SIGNATURE
}
