import type { IDToken } from 'oauth4webapi'
import type { Person } from '../domain/people.ts'
import { optionalText } from './json-object.ts'

type Claims = Readonly<Record<string, unknown>>

/** It is shown on a page. */
const LONGEST_NAME = 200

/**
 * The person of an id_token, whose claims count before those of userinfo. An address and what is said of it
 * are never taken from two places.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
 */
export function openidPersonOf(idToken: IDToken, userinfo: Claims = {}): Person {
  const signed: Claims = { ...idToken }
  const addressed = optionalText(signed, 'email') === undefined ? userinfo : signed
  const claims = { ...userinfo, ...signed }
  return {
    subject: idToken.sub,
    email: optionalText(addressed, 'email'),
    emailVerified: verifiedOf(addressed.email_verified),
    name: optionalText(claims, 'name')?.slice(0, LONGEST_NAME),
    claims,
  }
}

/** Some providers send it as a text; whatever is neither yes nor no is no. */
function verifiedOf(claim: unknown): boolean | undefined {
  if (claim === undefined || claim === null) return undefined
  return claim === true || claim === 'true'
}
