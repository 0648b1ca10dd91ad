import { type Authority, authorityOf } from './authority.ts'
import {
  AUTHORIZATION_REQUEST_LIFETIME_MS,
  type AuthorizationRequests,
  type AuthorizationSecrets,
  authorizationRequestIdOf,
  browserBindingOf,
  newAuthorizationSecrets,
  type ReturnTarget,
} from './authorization-request.ts'
import type { Clock } from './clock.ts'
import type { CloudName } from './clouds.ts'
import type { Connection } from './connection.ts'
import type { Environments } from './environments.ts'
import { parseResource, type Resource } from './resource.ts'
import { isAllowedTarget } from './return-target.ts'
import type { SignInContext, SignInContexts } from './sign-in-contexts.ts'
import { digestOf } from './sign-in-token.ts'

export interface BeginDependencies {
  readonly signInContexts: SignInContexts
  readonly authorizationRequests: AuthorizationRequests
  readonly environments: Environments
  readonly allowedOrigins: readonly string[]
  readonly clouds: readonly CloudName[]
  readonly now: Clock
}

/** A person opened a sign-in link. */
export interface SignInLink {
  readonly connectionId: number
  readonly signInToken: string
  readonly returnTarget: ReturnTarget
}

/** What the redirect to Microsoft is made of. */
export interface BegunAuthorization {
  readonly outcome: 'begun'
  readonly authority: Authority
  readonly clientId: string
  readonly resource: Resource
  readonly secrets: AuthorizationSecrets
  /** Known on a reconnect. */
  readonly loginHint: string | undefined
  /** Microsoft's claims challenge (JSON), which this sign-in is to meet. */
  readonly claims: string | undefined
}

/** Why a link leads nowhere; nothing was stored. */
export type BeginOutcome =
  | BegunAuthorization
  | {
      readonly outcome:
        | 'target_not_allowed'
        | 'link_invalid'
        | 'link_expired'
        | 'link_used'
        | 'resource_missing'
        | 'resource_not_enabled'
        | 'app_not_registered'
    }

/**
 * Begins an authorization request: one batch read, one question to the environment, one write. Opening
 * a link uses nothing up, so that a mail scanner does no harm.
 */
export async function beginAuthorization(
  deps: BeginDependencies,
  link: SignInLink,
  signal: AbortSignal,
): Promise<BeginOutcome> {
  if (!isAllowedTarget(link.returnTarget, deps.allowedOrigins)) {
    return { outcome: 'target_not_allowed' }
  }
  const digest = digestOf(link.signInToken)
  const context = await deps.signInContexts.read(link.connectionId, digest)
  const usable = usableContext(context, deps.now())
  if (typeof usable === 'string') return { outcome: usable }
  const { connection, clientId, resource } = usable
  const accepted = parseResource(resource, deps.clouds)
  if (accepted.outcome === 'refused') return { outcome: 'resource_not_enabled' }
  const authority = authorityOf(
    accepted.cloud,
    await deps.environments.findTenant(resource, signal),
  )
  const secrets = newAuthorizationSecrets()
  await deps.authorizationRequests.create({
    id: authorizationRequestIdOf(secrets.state),
    browserBinding: browserBindingOf(secrets.browserSecret),
    connectionId: connection.id,
    accountId: connection.accountId,
    signInTokenDigest: digest,
    resource,
    authority,
    returnTarget: link.returnTarget,
    expiresAt: new Date(deps.now().getTime() + AUTHORIZATION_REQUEST_LIFETIME_MS),
  })
  return {
    outcome: 'begun',
    authority,
    clientId,
    resource,
    secrets,
    loginHint: connection.user?.loginHint,
    claims: connection.claims,
  }
}

type UsableContext = {
  readonly connection: Connection
  readonly clientId: string
  readonly resource: Resource
}

/** An unknown token, an unknown connection and a connection of another account look alike. */
function usableContext(
  { signInToken, connection, clientId }: SignInContext,
  now: Date,
): UsableContext | Exclude<BeginOutcome['outcome'], 'begun'> {
  if (signInToken === undefined || connection === undefined) return 'link_invalid'
  if (connection.accountId !== signInToken.accountId) return 'link_invalid'
  if (signInToken.spentBy !== undefined) return 'link_used'
  if (signInToken.expiresAt <= now) return 'link_expired'
  if (connection.resource === undefined) return 'resource_missing'
  if (clientId === undefined) return 'app_not_registered'
  return { connection, clientId, resource: connection.resource }
}
