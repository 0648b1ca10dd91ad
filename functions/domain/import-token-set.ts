import { randomBytes } from 'node:crypto'
import type { AppCredentials } from './app-credentials.ts'
import { type Authority, isGuid } from './authority.ts'
import { failureCodeOf, retryAfterOf } from './conclude-refresh-failure.ts'
import type { Connection } from './connection.ts'
import type { Environments } from './environments.ts'
import { reasonFor, reasonOfProblem, type SignInProblem } from './guidance.ts'
import {
  type BrakeDependencies,
  concludeProbe,
  heldBack,
  holdTenant,
  inAWhile,
  openAppBreaker,
} from './heed-brakes.ts'
import type { ImportOutcome } from './import-outcome.ts'
import { proveTokens } from './prove-tokens.ts'
import { redeemWithAppCredential } from './redeem-with-app-credential.ts'
import { REDEMPTION_LIMIT_MS } from './refresh-claims.ts'
import { meaningOf } from './refusal.ts'
import type { Resource } from './resource.ts'
import { findSignInPlace } from './sign-in-place.ts'
import { NO_TERMS } from './sign-in-terms.ts'
import {
  isStored,
  misfitOf,
  type StoreSignedInDependencies,
  sealedAfter,
} from './store-signed-in.ts'
import type { RedeemedGrant, TokenEndpoint, TokenEndpointFailure } from './token-endpoint.ts'

export interface ImportDependencies extends StoreSignedInDependencies, BrakeDependencies {
  readonly environments: Environments
  readonly tokenEndpoint: Pick<TokenEndpoint, 'adopt'>
  readonly appCredentials: AppCredentials
}

/** A refresh token that the same app obtained elsewhere, and whose grant it is to be. */
export interface TokenImport {
  readonly connectionId: number
  readonly refreshToken: string
  readonly signal: AbortSignal
}

/**
 * Makes a refresh token that was obtained elsewhere the grant of a connection: redeems it at the
 * environment's own authority, learns from the id_token whose it is, proves the access token, and stores
 * the set as a sign-in's. Nothing is stored unless all of it holds, and no token set that came meanwhile
 * is overwritten.
 */
export async function importTokenSet(
  deps: ImportDependencies,
  { connectionId, refreshToken, signal }: TokenImport,
): Promise<ImportOutcome> {
  const connection = await deps.tokenSets.read(connectionId)
  if (connection === undefined) return { outcome: 'unknown' }
  const { resource } = connection
  if (resource === undefined) return { outcome: 'no_environment' }
  // Whoever asked waits a little longer than this.
  const limited = AbortSignal.any([signal, AbortSignal.timeout(REDEMPTION_LIMIT_MS)])
  const [authority] = await Promise.all([
    authorityFor(deps, connection, { resource, signal: limited }),
    // What cannot be read fails here, before anything is redeemed that could not be stored.
    deps.appCredentials.read(),
    deps.accessTokens.ready(),
    deps.refreshTokens.ready(),
  ])
  const brakes = await deps.refreshBrakes.read(authority.tenant)
  const held = await heldBack(deps, brakes)
  if (held) return held
  const grant = { authority, refreshToken, resource, signal: limited }
  const answer = await redeemWithAppCredential(deps.appCredentials, (appCredential) =>
    deps.tokenEndpoint.adopt({ ...grant, appCredential }),
  )
  await concludeProbe(deps, brakes.appBreaker, answer)
  return answer.outcome === 'issued'
    ? connectAdopted(deps, { ...grant, connection, redeemed: answer })
    : notAdopted(deps, authority, answer)
}

async function authorityFor(
  deps: Pick<ImportDependencies, 'environments'>,
  connection: Connection,
  { resource, signal }: { readonly resource: Resource; readonly signal: AbortSignal },
): Promise<Authority> {
  const wanted = { kind: 'known', resource } as const
  const place = await findSignInPlace(deps, { connection, terms: NO_TERMS, wanted, signal })
  return place.authority
}

interface Adopted {
  readonly connection: Connection
  readonly authority: Authority
  readonly resource: Resource
  readonly redeemed: RedeemedGrant
  readonly signal: AbortSignal
}

async function connectAdopted(
  deps: ImportDependencies,
  { connection, authority, resource, redeemed, signal }: Adopted,
): Promise<ImportOutcome> {
  const { tokenSet, user } = redeemed
  const issued = { resource, tokenSet, user, signal }
  const proof = await proveTokens(deps, { authority, terms: NO_TERMS }, issued)
  if (proof.outcome === 'failed') return notProven(deps, proof)
  const signIn = {
    requestId: randomBytes(32).toString('base64url'),
    connectionId: connection.id,
    resource,
    bringsResource: false,
    allowsUserChange: false,
    authority,
    tokenSet,
    user,
    environment: proof.environment,
  }
  const misfit = misfitOf(connection, signIn)
  if (misfit) return refused(deps, misfit)
  const stored = await isStored(deps, await sealedAfter(deps, connection, signIn))
  return stored ? { outcome: 'imported' } : refused(deps, 'connection_changed')
}

function notProven(
  deps: Pick<ImportDependencies, 'now'>,
  { problem, code }: { readonly problem: SignInProblem; readonly code: string | undefined },
): ImportOutcome {
  if (problem !== 'environment_unavailable') return refused(deps, problem, code)
  return { outcome: 'transient', code: problem, retryAt: inAWhile(deps, undefined) }
}

function refused(
  deps: Pick<ImportDependencies, 'now'>,
  problem: SignInProblem,
  code?: string,
): ImportOutcome {
  return { outcome: 'refused', reason: reasonOfProblem(problem, deps.now(), code) }
}

/** What Microsoft's answer means for the import, and for everybody else who would ask it. */
async function notAdopted(
  deps: ImportDependencies,
  { tenant }: Authority,
  failure: TokenEndpointFailure,
): Promise<ImportOutcome> {
  if (failure.outcome === 'malformed') return refused(deps, 'answer_not_valid')
  if (failure.outcome === 'unavailable') return tryLater(deps, tenant, failure)
  const { refusal } = failure
  const trace = { traceId: refusal.traceId, correlationId: refusal.correlationId }
  switch (meaningOf(refusal)) {
    case 'passing':
      return { ...(await tryLater(deps, tenant, failure)), trace }
    case 'app_rejected':
      return { ...(await openAppBreaker(deps, refusal)), trace }
    case 'blocked':
    case 'grant_ended':
      return { outcome: 'refused', reason: reasonFor(refusal, deps.now()), trace }
  }
}

async function tryLater(
  deps: ImportDependencies,
  tenant: string,
  failure: TokenEndpointFailure,
): Promise<Extract<ImportOutcome, { outcome: 'transient' }>> {
  const retryAfter = retryAfterOf(failure)
  // Where the tenant is not known, whoever comes next may be of any other one.
  const retryAt = isGuid(tenant)
    ? await holdTenant(deps, tenant, retryAfter)
    : inAWhile(deps, retryAfter)
  return { outcome: 'transient', code: failureCodeOf(failure, deps.now()), retryAt }
}
