import type { Authority } from './authority.ts'
import {
  AUTHORIZATION_REQUEST_LIFETIME_MS,
  type AuthorizationRequests,
  type AuthorizationSecrets,
  authorizationRequestIdOf,
  browserBindingOf,
  newAuthorizationSecrets,
  type ReturnTarget,
  type WantedEnvironment,
} from './authorization-request.ts'
import type { Clock } from './clock.ts'
import type { CloudName, DiscoveryResource } from './clouds.ts'
import type { Connection } from './connection.ts'
import type { Environments } from './environments.ts'
import type { Resource } from './resource.ts'
import { mayReturnTo } from './return-target.ts'
import type { SignInContext, SignInContexts } from './sign-in-contexts.ts'
import { findSignInPlace, type SignInPlace } from './sign-in-place.ts'
import { type PageFirst, type SignInStep, wantedEnvironment } from './sign-in-step.ts'
import type { SignInToken, SignInTokens } from './sign-in-token.ts'

export interface BeginDependencies {
  readonly signInContexts: SignInContexts
  readonly signInTokens: Pick<SignInTokens, 'countStart'>
  readonly authorizationRequests: Pick<AuthorizationRequests, 'create'>
  readonly environments: Pick<Environments, 'findTenant'>
  /** Origins that a sign-in may return to, beside those of the settings. */
  readonly allowedOrigins: readonly string[]
  readonly clouds: readonly CloudName[]
  readonly now: Clock
}

/** A person opened a sign-in link. */
export interface SignInLink {
  readonly connectionId: number
  readonly signInTokenDigest: string
  readonly returnTarget: ReturnTarget
  readonly language: string | undefined
  readonly step: SignInStep
}

/** What the redirect to Microsoft is made of. */
export interface BegunAuthorization {
  readonly outcome: 'begun'
  readonly authority: Authority
  readonly clientId: string
  readonly resource: Resource | DiscoveryResource
  readonly secrets: AuthorizationSecrets
  /** Known on a reconnect. */
  readonly loginHint: string | undefined
  /** Microsoft's claims challenge (JSON), which this sign-in is to meet. */
  readonly claims: string | undefined
}

/** Why a link leads nowhere; nothing was stored. */
export type Obstacle =
  | 'target_not_allowed'
  | 'link_invalid'
  | 'link_expired'
  | 'link_used'
  | 'link_worn_out'
  | 'resource_not_enabled'
  | 'environment_of_other_organization'
  | 'app_not_registered'

export type BeginOutcome = BegunAuthorization | PageFirst | { readonly outcome: Obstacle }

/**
 * Begins an authorization request: one batch read, one question to the environment, one round of writes.
 * Opening a link uses nothing up, so that a mail scanner does no harm; how often a sign-in can be
 * started from it is bounded.
 */
export async function beginAuthorization(
  deps: BeginDependencies,
  link: SignInLink,
  signal: AbortSignal,
): Promise<BeginOutcome> {
  const context = await deps.signInContexts.read(link.connectionId, link.signInTokenDigest)
  if (!mayReturnTo(link.returnTarget, deps, context)) return { outcome: 'target_not_allowed' }
  const usable = usableContext(context, deps.now())
  if (typeof usable === 'string') return { outcome: usable }
  const wanted = wantedEnvironment({ ...usable, step: link.step, clouds: deps.clouds })
  if ('outcome' in wanted) return wanted
  const { connection, signInToken } = usable
  const { terms } = signInToken
  const place = await findSignInPlace(deps, { connection, terms, wanted, signal })
  if (place.tenant === 'unexpected') return { outcome: 'environment_of_other_organization' }
  const isDoubtful = place.tenant === 'unknown' && wanted.kind === 'typed'
  if (isDoubtful && link.step.step === 'type' && !link.step.isSure) {
    return { outcome: 'environment_wanted', problem: 'nothing_there', resource: wanted.resource }
  }
  return begin(deps, { link, usable, wanted, place })
}

interface UsableContext {
  readonly connection: Connection
  readonly signInToken: SignInToken
  readonly clientId: string
}

/** An unknown token, an unknown connection and a connection of another account look alike. */
function usableContext(
  { signInToken, connection, clientId }: SignInContext,
  now: Date,
): UsableContext | Obstacle {
  if (signInToken === undefined || connection === undefined) return 'link_invalid'
  if (connection.accountId !== signInToken.accountId) return 'link_invalid'
  if (signInToken.spentBy !== undefined) return 'link_used'
  if (signInToken.expiresAt <= now) return 'link_expired'
  if (clientId === undefined) return 'app_not_registered'
  return { connection, signInToken, clientId }
}

interface Beginning {
  readonly link: SignInLink
  readonly usable: UsableContext
  readonly wanted: WantedEnvironment
  readonly place: SignInPlace
}

async function begin(
  deps: BeginDependencies,
  { link, usable, wanted, place }: Beginning,
): Promise<BeginOutcome> {
  const { connection, signInToken, clientId } = usable
  const { authority, resource } = place
  const secrets = newAuthorizationSecrets()
  const [mayStart] = await Promise.all([
    deps.signInTokens.countStart(signInToken.digest),
    deps.authorizationRequests.create({
      id: authorizationRequestIdOf(secrets.state),
      browserBinding: browserBindingOf(secrets.browserSecret),
      connectionId: connection.id,
      accountId: connection.accountId,
      signInTokenDigest: signInToken.digest,
      wanted,
      terms: signInToken.terms,
      authority,
      returnTarget: link.returnTarget,
      language: link.language,
      expiresAt: new Date(deps.now().getTime() + AUTHORIZATION_REQUEST_LIFETIME_MS),
    }),
  ])
  if (!mayStart) return { outcome: 'link_worn_out' }
  const choosesAccount = signInToken.terms.allowsUserChange || choosesAccountBy(link.step)
  const loginHint = choosesAccount ? undefined : connection.user?.loginHint
  const { claims } = connection
  return { outcome: 'begun', authority, clientId, resource, secrets, loginHint, claims }
}

function choosesAccountBy(step: SignInStep): boolean {
  return step.step === 'again' && step.choosesAccount
}
