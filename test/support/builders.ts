import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type {
  AuthorizationRequest,
  ReturnTarget,
} from '../../functions/domain/authorization-request.ts'
import type { AuthorizationRefusal } from '../../functions/domain/complete-authorization.ts'
import type { Connection, SealedTokenSet, User } from '../../functions/domain/connection.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import type { ParkedSignIn } from '../../functions/domain/parked-sign-in.ts'
import type { Reason } from '../../functions/domain/reason.ts'
import { parseResource, type Resource } from '../../functions/domain/resource.ts'
import { NO_TERMS, type SignInTerms } from '../../functions/domain/sign-in-terms.ts'
import {
  digestOf,
  newSignInToken,
  SIGN_IN_TOKEN_LIFETIME_MS,
  type SignInToken,
} from '../../functions/domain/sign-in-token.ts'
import type { Refusal } from '../../functions/domain/token-endpoint.ts'
import type { SignedIn } from '../../functions/domain/token-sets.ts'
import { at, DAY, HOUR, MINUTE } from '../fakes/hand-clock.ts'
import { ENVIRONMENT } from '../fakes/scripted-environments.ts'

export const TENANT = '7a7a7a7a-1111-4222-8333-444444444444'
export const OTHER_TENANT = '8b8b8b8b-1111-4222-8333-444444444444'

export function aResource(text = 'https://contoso.crm4.dynamics.com'): Resource {
  const parsed = parseResource(text, ['commercial', 'usgov-high', 'usgov-dod', 'china'])
  if (parsed.outcome === 'refused') throw new Error(`not a resource: ${text}`)
  return parsed.resource
}

export const RESOURCE = aResource()
export const OTHER_RESOURCE = aResource('https://fabrikam.crm11.dynamics.com')

export const AUTHORITY = { loginHost: 'login.microsoftonline.com', tenant: TENANT }

/** An account id that no other test uses. */
export function anAccountId(): string {
  return `account-${randomUUID()}`
}

/** A connection id that is not stored anywhere. */
export function anUnknownId(): number {
  return randomInt(1, 2 ** 31 - 1)
}

export function aUser(user: Partial<User> = {}): User {
  return {
    tenantId: TENANT,
    objectId: '0b0b0b0b-1111-4222-8333-444444444444',
    name: 'Ada Lovelace',
    username: 'ada@contoso.example',
    loginHint: 'hint-of-ada',
    ...user,
  }
}

export function aReason(reason: Partial<Reason> = {}): Reason {
  return { code: 'AADSTS50173', who: 'user', situation: 'grant_revoked', at: at(0), ...reason }
}

/** Bytes that no other set has, obtained and expiring at odd milliseconds. */
export function aSealedTokenSet(obtainedAt = at(7)): SealedTokenSet {
  return {
    sealedAccessToken: new Uint8Array(randomBytes(2048)),
    sealedRefreshToken: new Uint8Array(randomBytes(1500)),
    accessTokenExpiresAt: new Date(obtainedAt.getTime() + HOUR + 123),
    obtainedAt,
  }
}

/** A first sign-in to the connection as it is. */
export function aSignedIn(
  connection: Pick<Connection, 'id' | 'generation'>,
  signedIn: Partial<SignedIn> = {},
): SignedIn {
  return {
    connectionId: connection.id,
    expectedGeneration: connection.generation,
    resource: RESOURCE,
    tokenSet: aSealedTokenSet(),
    authority: AUTHORITY,
    user: aUser(),
    environment: ENVIRONMENT,
    bringsResource: false,
    connectedBy: 'authorization-request-of-the-sign-in',
    nextRefreshAt: at(40 * MINUTE + 7),
    hotUntil: at(DAY + 9),
    at: at(9),
    ...signedIn,
  }
}

export function aNewConnection(
  connection: Partial<Parameters<Connections['create']>[0]> = {},
): Parameters<Connections['create']>[0] {
  return {
    accountId: anAccountId(),
    name: 'Dynamics',
    description: 'The sales environment',
    resource: RESOURCE,
    ...connection,
  }
}

/** A connected connection as a store would give it. */
export function aConnection(connection: Partial<Connection> = {}): Connection {
  return {
    ...aNewConnection(),
    id: anUnknownId(),
    status: 'connected',
    reason: undefined,
    claims: undefined,
    generation: 1,
    tokenSet: aSealedTokenSet(),
    authority: AUTHORITY,
    user: aUser(),
    environment: ENVIRONMENT,
    createdAt: at(0),
    connectedAt: at(9),
    connectedBy: 'authorization-request-of-the-sign-in',
    refreshedAt: undefined,
    nextRefreshAt: at(40 * MINUTE),
    hotUntil: at(DAY + 9),
    failure: undefined,
    ...connection,
  }
}

export function aSignInToken(token: Partial<SignInToken> = {}): SignInToken {
  return {
    digest: digestOf(randomUUID()),
    accountId: anAccountId(),
    username: 'ada',
    expiresAt: at(5 * MINUTE + 3),
    isMailed: false,
    terms: NO_TERMS,
    spentBy: undefined,
    ...token,
  }
}

/** A sign-in token as the API makes it, for a link that is opened at once unless said otherwise. */
export function aNewSignInToken(
  accountId: string,
  now: Date,
  wanted: { readonly lifetimeMs?: number; readonly terms?: Partial<SignInTerms> } = {},
): ReturnType<typeof newSignInToken> {
  const { lifetimeMs = SIGN_IN_TOKEN_LIFETIME_MS, terms } = wanted
  const all = { accountId, username: 'ada', lifetimeMs, terms: { ...NO_TERMS, ...terms } }
  return newSignInToken(all, now)
}

/** Back to the partner's page by a redirect. */
export function aReturnTarget(target: Partial<ReturnTarget> = {}): ReturnTarget {
  return {
    targetOrigin: 'https://partner.example/done',
    callbackMessage: undefined,
    mode: 'redirect',
    ...target,
  }
}

export function anAuthorizationRequest(
  request: Partial<AuthorizationRequest> = {},
): AuthorizationRequest {
  return {
    id: digestOf(randomUUID()),
    browserBinding: digestOf(randomUUID()),
    connectionId: anUnknownId(),
    accountId: anAccountId(),
    signInTokenDigest: digestOf(randomUUID()),
    wanted: { kind: 'known', resource: RESOURCE },
    terms: NO_TERMS,
    authority: AUTHORITY,
    returnTarget: aReturnTarget({
      targetOrigin: 'https://partner.example',
      callbackMessage: 'connected',
    }),
    language: undefined,
    expiresAt: at(15 * MINUTE + 3),
    ...request,
  }
}

export function aParkedSignIn(signIn: Partial<ParkedSignIn> = {}): ParkedSignIn {
  return {
    id: digestOf(randomUUID()),
    requestId: digestOf(randomUUID()),
    connectionId: anUnknownId(),
    signInTokenDigest: digestOf(randomUUID()),
    resource: RESOURCE,
    bringsResource: false,
    allowsUserChange: false,
    authority: AUTHORITY,
    tokenSet: aSealedTokenSet(),
    user: aUser(),
    environment: ENVIRONMENT,
    expiresAt: at(10 * MINUTE + 3),
    ...signIn,
  }
}

/** The authorization endpoint's refusal. */
export function aRefusedAuthorization(
  refusal: Partial<AuthorizationRefusal> = {},
): AuthorizationRefusal {
  return {
    error: 'access_denied',
    suberror: undefined,
    aadstsCode: undefined,
    correlationId: undefined,
    ...refusal,
  }
}

export function aRefusal(refusal: Partial<Refusal> = {}): Refusal {
  return {
    status: 400,
    error: 'invalid_grant',
    suberror: undefined,
    code: undefined,
    claims: undefined,
    correlationId: undefined,
    traceId: undefined,
    retryAfter: undefined,
    ...refusal,
  }
}
