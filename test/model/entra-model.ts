import type { AppCredential } from '../../functions/domain/app-credentials.ts'
import type { User } from '../../functions/domain/connection.ts'
import { clientSecretOf } from '../fakes/memory-app-credentials.ts'

/** What is wrong with the next answer. */
export type Fault =
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: 'server_error' }
  /** The request never arrived. */
  | { readonly kind: 'request_lost' }
  /** The request was processed; the answer never arrived. */
  | { readonly kind: 'answer_lost' }
  /** The request was processed; the answer does not validate. */
  | { readonly kind: 'answer_malformed' }
  /** `invalid_grant` with AADSTS50196: throttled, the grant is alive. */
  | { readonly kind: 'loop_throttled' }
  /** AADSTS53003: a location policy. */
  | { readonly kind: 'blocked' }
  /** A new access token, and no new refresh token with it. */
  | { readonly kind: 'refresh_token_omitted' }
  /** An access token of four minutes. */
  | { readonly kind: 'short_lived' }

/** One pair of tokens that was issued. */
export interface Issued {
  readonly accessToken: string
  readonly refreshToken: string
  /** The refresh token that was redeemed for it; `undefined` for a sign-in. */
  readonly parent: string | undefined
  readonly user: Pick<User, 'tenantId' | 'objectId'>
  readonly resource: string
  readonly lifetimeSeconds: number
  readonly expiresAt: Date
}

/** What Entra says to a token request, before it becomes HTTP or an outcome of the port. */
export type Answer =
  | { readonly kind: 'issued'; readonly issued: Issued; readonly isRefreshTokenOmitted: boolean }
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly error: string
      readonly code: number
    }
  | {
      readonly kind: 'unavailable'
      readonly status: number
      readonly retryAfterSeconds: number | undefined
    }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'none' }

interface Grant {
  readonly user: Pick<User, 'tenantId' | 'objectId'>
  isAlive: boolean
}

/** Microsoft Entra, as far as token requests go: knows which refresh tokens it would still accept. */
export interface EntraModel {
  /** The client secrets that it accepts. */
  readonly acceptedSecrets: Set<string>
  /** What goes wrong with the next token requests, one each. */
  readonly faults: Fault[]
  /** Tenants whose policy blocks, and tenants that have not got the app. */
  readonly blockedTenants: Set<string>
  readonly tenantsWithoutApp: Set<string>
  redeemCode(request: CodeRequest): Answer
  redeemRefreshToken(request: RefreshTokenRequest): Answer
  /** Ends every grant that the user has now. */
  endGrants(objectId: string): void
  /** Whether the refresh token would be redeemed, faults aside. */
  isRedeemable(refreshToken: string): boolean
  /** Whether the grant of the refresh token was ended. */
  isGrantEnded(refreshToken: string): boolean
  issuedAs(accessToken: string): Issued | undefined
}

export interface CodeRequest {
  readonly user: Pick<User, 'tenantId' | 'objectId'>
  readonly resource: string
  readonly credential: AppCredential
  readonly now: Date
}

export interface RefreshTokenRequest {
  readonly refreshToken: string
  readonly tenant: string
  readonly resource: string
  readonly credential: AppCredential
  readonly now: Date
}

/**
 * @param mode `lenient`, as Entra is: a used refresh token stays valid. `strict`: each serves once.
 */
export function entraModel(mode: 'lenient' | 'strict'): EntraModel {
  const grants = new Map<string, Grant>()
  const used = new Set<string>()
  const issuedPairs = new Map<string, Issued>()
  const acceptedSecrets = new Set<string>()
  const faults: Fault[] = []
  const blockedTenants = new Set<string>()
  const tenantsWithoutApp = new Set<string>()
  let serial = 0

  const issue = (
    grant: Grant,
    request: { readonly resource: string; readonly now: Date },
    { parent, fault }: { readonly parent?: string; readonly fault?: Fault | undefined },
  ): Answer => {
    serial += 1
    const isRefreshTokenOmitted = fault?.kind === 'refresh_token_omitted' && parent !== undefined
    const refreshToken = isRefreshTokenOmitted ? parent : `refresh-${serial}`
    const lifetimeSeconds = fault?.kind === 'short_lived' ? 240 : 3600 + (serial % 7) * 300
    if (parent !== undefined && !isRefreshTokenOmitted) used.add(parent)
    grants.set(refreshToken, grant)
    const issued: Issued = {
      accessToken: `access-${serial}`,
      refreshToken,
      parent,
      user: grant.user,
      resource: request.resource,
      lifetimeSeconds,
      expiresAt: new Date(request.now.getTime() + lifetimeSeconds * 1000),
    }
    issuedPairs.set(issued.accessToken, issued)
    return { kind: 'issued', issued, isRefreshTokenOmitted }
  }
  const isRedeemable = (refreshToken: string) => {
    const isSpent = mode === 'strict' && used.has(refreshToken)
    return grants.get(refreshToken)?.isAlive === true && !isSpent
  }

  const lookAtCredential = ({ tenant, credential }: RefreshTokenRequest) => {
    if (tenantsWithoutApp.has(tenant)) return refused(401, 'invalid_client', 7000229)
    return acceptedSecrets.has(clientSecretOf(credential)) ? undefined : CREDENTIAL_REJECTED
  }
  const redeem = (request: RefreshTokenRequest, fault: Fault | undefined): Answer => {
    if (fault?.kind === 'loop_throttled') return refused(400, 'invalid_grant', 50196)
    const { refreshToken: parent, tenant } = request
    const grant = grants.get(parent)
    if (grant === undefined || !isRedeemable(parent)) return GRANT_ENDED
    const isBlocked = fault?.kind === 'blocked' || blockedTenants.has(tenant)
    if (isBlocked) return refused(400, 'invalid_grant', 53003)
    const answer = issue(grant, request, { parent, fault })
    return (fault && INSTEAD_OF_TOKENS[fault.kind]) ?? answer
  }

  return {
    acceptedSecrets,
    faults,
    blockedTenants,
    tenantsWithoutApp,
    isRedeemable,
    isGrantEnded: (refreshToken) => grants.get(refreshToken)?.isAlive !== true,
    issuedAs: (accessToken) => issuedPairs.get(accessToken),
    endGrants: (objectId) => {
      for (const grant of grants.values()) {
        if (grant.user.objectId === objectId) grant.isAlive = false
      }
    },
    redeemCode: ({ user, credential, ...request }) =>
      acceptedSecrets.has(clientSecretOf(credential))
        ? issue({ user, isAlive: true }, request, {})
        : CREDENTIAL_REJECTED,
    redeemRefreshToken: (request) => {
      const fault = faults.shift()
      const early = fault && BEFORE_ANY_LOOK[fault.kind]?.(fault)
      return early ?? lookAtCredential(request) ?? redeem(request, fault)
    },
  }
}

const refused = (status: number, error: string, code: number): Answer => ({
  kind: 'refused',
  status,
  error,
  code,
})
const unavailable = (status: number, retryAfterSeconds: number | undefined): Answer => ({
  kind: 'unavailable',
  status,
  retryAfterSeconds,
})
const CREDENTIAL_REJECTED = refused(401, 'invalid_client', 7000215)
const GRANT_ENDED = refused(400, 'invalid_grant', 50173)

/** What is answered before anything of the request is looked at. */
const BEFORE_ANY_LOOK: Partial<Record<Fault['kind'], (fault: Fault) => Answer>> = {
  request_lost: () => ({ kind: 'none' }),
  server_error: () => unavailable(503, undefined),
  throttled: (fault) =>
    unavailable(429, fault.kind === 'throttled' ? fault.retryAfterSeconds : undefined),
}

/** What arrives although tokens were issued. */
const INSTEAD_OF_TOKENS: Partial<Record<Fault['kind'], Answer>> = {
  answer_lost: { kind: 'none' },
  answer_malformed: { kind: 'malformed' },
}
