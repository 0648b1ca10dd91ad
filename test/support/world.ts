import { randomBytes } from 'node:crypto'
import type { AccessTokenDependencies } from '../../functions/domain/access-token.ts'
import type { Authority } from '../../functions/domain/authority.ts'
import {
  type AuthorizationSecrets,
  authorizationRequestIdOf,
  browserBindingOf,
  type WantedEnvironment,
} from '../../functions/domain/authorization-request.ts'
import type { BeginDependencies } from '../../functions/domain/begin-authorization.ts'
import type { ChooseDependencies } from '../../functions/domain/choose-environment.ts'
import type { CompleteDependencies } from '../../functions/domain/complete-authorization.ts'
import type { Connection, User } from '../../functions/domain/connection.ts'
import type { ConnectionDirectory } from '../../functions/domain/connection-directory.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import type { CheckCredential } from '../../functions/domain/credential-check.ts'
import { bucketsOf } from '../../functions/domain/due-bucket.ts'
import type { ImportTokens } from '../../functions/domain/import-outcome.ts'
import { type ImportDependencies, importTokenSet } from '../../functions/domain/import-token-set.ts'
import type { AppCredentialNotice } from '../../functions/domain/refresh-dependencies.ts'
import { nextRefreshOf } from '../../functions/domain/refresh-schedule.ts'
import { sealTokenSet } from '../../functions/domain/seal-token-set.ts'
import type { SignInTerms } from '../../functions/domain/sign-in-terms.ts'
import type { SweepDependencies, SweptOutcome } from '../../functions/domain/sweep-shard.ts'
import type { TokenSet } from '../../functions/domain/token-endpoint.ts'
import { tokenSealer } from '../../functions/domain/token-sealer.ts'
import type { SignedIn } from '../../functions/domain/token-sets.ts'
import { DAY, type HandClock, handClock, MINUTE } from '../fakes/hand-clock.ts'
import {
  APP_CREDENTIAL,
  type MemoryAppCredentials,
  memoryAppCredentials,
} from '../fakes/memory-app-credentials.ts'
import {
  type MemoryAuthorizationRequests,
  memoryAuthorizationRequests,
} from '../fakes/memory-authorization-requests.ts'
import { memoryConnectionDirectory } from '../fakes/memory-connection-directory.ts'
import {
  type MemoryConnectionStore,
  memoryConnectionStore,
} from '../fakes/memory-connection-store.ts'
import { type MemoryKeyring, memoryKeyring } from '../fakes/memory-keyring.ts'
import { type MemoryParkedSignIns, memoryParkedSignIns } from '../fakes/memory-parked-sign-ins.ts'
import { memoryRefreshBrakes } from '../fakes/memory-refresh-brakes.ts'
import { memoryRefreshClaims } from '../fakes/memory-refresh-claims.ts'
import { type MemoryServiceRecord, memoryServiceRecord } from '../fakes/memory-service-record.ts'
import { memorySignInContexts } from '../fakes/memory-sign-in-contexts.ts'
import { type MemorySignInTokens, memorySignInTokens } from '../fakes/memory-sign-in-tokens.ts'
import {
  type ScriptedEnvironmentDirectory,
  scriptedEnvironmentDirectory,
} from '../fakes/scripted-environment-directory.ts'
import { type ScriptedEnvironments, scriptedEnvironments } from '../fakes/scripted-environments.ts'
import {
  type ScriptedRefreshRequests,
  scriptedRefreshRequests,
} from '../fakes/scripted-refresh-requests.ts'
import {
  type ScriptedTokenEndpoint,
  scriptedTokenEndpoint,
} from '../fakes/scripted-token-endpoint.ts'
import { type TokenMinter, tokenMinter } from '../fakes/token-minter.ts'
import {
  aNewConnection,
  aNewSignInToken,
  anAuthorizationRequest,
  aSignedIn,
  aUser,
  TENANT,
} from './builders.ts'

/** The shard that has every bucket. */
export const ONLY_SHARD = { shard: 0, shards: 1 }

export const PARTNER_ORIGIN = 'https://partner.example'

/** Every port by a fake, for every rule of the domain; whatever happens in it, happens to all. */
export interface World
  extends MemoryConnectionStore,
    BeginDependencies,
    Omit<CompleteDependencies, 'tokenSets'>,
    Omit<ChooseDependencies, 'tokenSets'>,
    SweepDependencies,
    AccessTokenDependencies {
  readonly clock: HandClock
  readonly connections: Connections
  readonly minter: TokenMinter
  readonly tokenEndpoint: ScriptedTokenEndpoint
  readonly environments: ScriptedEnvironments
  readonly appCredentials: MemoryAppCredentials
  readonly checkCredential: CheckCredential
  readonly signInTokens: MemorySignInTokens
  readonly authorizationRequests: MemoryAuthorizationRequests
  readonly parkedSignIns: MemoryParkedSignIns
  readonly environmentDirectory: ScriptedEnvironmentDirectory
  readonly directory: ConnectionDirectory
  readonly importTokens: ImportTokens
  readonly refreshRequests: ScriptedRefreshRequests
  readonly record: MemoryServiceRecord
  readonly keyrings: { readonly access: MemoryKeyring; readonly refresh: MemoryKeyring }
  /** What sweeps reported, in order. */
  readonly reports: readonly (readonly [number, SweptOutcome])[]
  /** What operators were told about the app credential, in order. */
  readonly notices: readonly (readonly [AppCredentialNotice, string])[]
  /** How long something here waited, in order; each wait moved the clock. */
  readonly waits: readonly number[]
  /** Who signs in at Microsoft from now on. */
  signsIn(user: Partial<User>): void
  /** Registers the app; `undefined` takes it away. */
  register(clientId: string | undefined): void
  /** Sets the origins of the settings. */
  allowOrigins(...origins: readonly string[]): void
}

export function aWorld(): World {
  const clock = handClock()
  const { now } = clock
  const store = memoryConnectionStore(now)
  const signInTokens = memorySignInTokens()
  let user = aUser()
  let registered: string | undefined = APP_CREDENTIAL.clientId
  let originsOfSettings: readonly string[] = []
  const environments = scriptedEnvironments(TENANT)
  const minter = tokenMinter(now)
  const keyrings = { access: memoryKeyring(), refresh: memoryKeyring() }
  const reports: (readonly [number, SweptOutcome])[] = []
  const notices: (readonly [AppCredentialNotice, string])[] = []
  const waits: number[] = []
  const refreshing = {
    ...store,
    now,
    wait: async (milliseconds: number) => {
      waits.push(milliseconds)
      clock.advance(milliseconds)
    },
    refreshPolicy: 'adaptive' as const,
    refreshClaims: memoryRefreshClaims(),
    refreshBrakes: memoryRefreshBrakes(),
    notice: (what: AppCredentialNotice, code: string) => {
      notices.push([what, code])
    },
    tokenEndpoint: scriptedTokenEndpoint(minter, () => user),
    appCredentials: memoryAppCredentials(),
    checkCredential: async () => ({ verdict: 'accepted' }) as const,
    accessTokens: tokenSealer('access', keyrings.access.read),
    refreshTokens: tokenSealer('refresh', keyrings.refresh.read),
  }
  return {
    ...refreshing,
    clock,
    minter,
    keyrings,
    reports,
    notices,
    waits,
    concurrency: 10,
    ahead: 4,
    startsPerSecond: Number.POSITIVE_INFINITY,
    report: (connectionId, result) => reports.push([connectionId, result]),
    record: memoryServiceRecord(),
    directory: memoryConnectionDirectory(store),
    importTokens: importingIn({ ...refreshing, environments }),
    refreshRequests: scriptedRefreshRequests(refreshing),
    environments,
    signInTokens,
    signInContexts: memorySignInContexts({
      store,
      signInTokens,
      clientId: () => registered,
      allowedOrigins: () => originsOfSettings,
    }),
    authorizationRequests: memoryAuthorizationRequests(),
    parkedSignIns: memoryParkedSignIns(),
    environmentDirectory: scriptedEnvironmentDirectory(),
    allowedOrigins: [PARTNER_ORIGIN],
    clouds: ['commercial'],
    redirectUri: 'https://connect.example/connector/callback',
    signsIn: (other) => {
      user = aUser(other)
    },
    register: (clientId) => {
      registered = clientId
    },
    allowOrigins: (...origins) => {
      originsOfSettings = origins
    },
  }
}

/** Imports in place, as the refresh function does. */
function importingIn(deps: ImportDependencies): ImportTokens {
  const { signal } = new AbortController()
  return (connectionId, refreshToken) =>
    importTokenSet(deps, { connectionId, refreshToken, signal })
}

/** A connected connection of the world, with the tokens that it holds. */
export async function connectedIn(
  world: World,
  signedIn: Partial<SignedIn> & { readonly tokens?: TokenSet } = {},
): Promise<{ readonly connection: Connection; readonly tokens: TokenSet }> {
  const { tokens = world.minter.mint(), ...rest } = signedIn
  const created = await world.connections.create(aNewConnection())
  const binding = { connectionId: created.id, generation: 1 }
  const hotUntil = new Date(world.now().getTime() + DAY)
  const { refreshPolicy: policy } = world
  await world.tokenSets.connect(
    aSignedIn(created, {
      tokenSet: await sealTokenSet(world, binding, tokens),
      nextRefreshAt: nextRefreshOf({ ...tokens, ...binding, hotUntil, policy }),
      hotUntil,
      at: world.now(),
      ...rest,
    }),
  )
  return { connection: await storedIn(world, created.id), tokens }
}

/** The connection as the world holds it now. */
export async function storedIn(world: World, connectionId: number): Promise<Connection> {
  const found = await world.tokenSets.read(connectionId)
  if (found === undefined) throw new Error(`there is no connection ${connectionId}`)
  return found
}

/** The tokens that the connection holds now, opened. */
export async function tokensIn(
  world: World,
  connectionId: number,
): Promise<Pick<TokenSet, 'accessToken' | 'refreshToken'>> {
  const { generation, tokenSet } = await storedIn(world, connectionId)
  if (tokenSet === undefined) throw new Error(`connection ${connectionId} holds no tokens`)
  const binding = { connectionId, generation }
  return {
    accessToken: await world.accessTokens.open(binding, tokenSet.sealedAccessToken),
    refreshToken: await world.refreshTokens.open(binding, tokenSet.sealedRefreshToken),
  }
}

/** A sign-in link to the connection, opened by a browser that is at Microsoft's sign-in now. */
export async function signingIn(
  world: World,
  connection: Connection,
  options: {
    readonly terms?: Partial<SignInTerms>
    readonly wanted?: WantedEnvironment
    readonly authority?: Authority
  } = {},
): Promise<{
  readonly secrets: AuthorizationSecrets
  readonly digest: string
  readonly id: string
}> {
  const { token } = aNewSignInToken(connection.accountId, world.now(), options)
  await world.signInTokens.create(token)
  const secrets = { state: randomText(), browserSecret: randomText() }
  const id = authorizationRequestIdOf(secrets.state)
  await world.authorizationRequests.create(
    anAuthorizationRequest({
      id,
      browserBinding: browserBindingOf(secrets.browserSecret),
      connectionId: connection.id,
      accountId: connection.accountId,
      signInTokenDigest: token.digest,
      terms: token.terms,
      expiresAt: new Date(world.now().getTime() + 30 * MINUTE),
      ...(options.wanted && { wanted: options.wanted }),
      ...(options.authority && { authority: options.authority }),
    }),
  )
  return { secrets, digest: token.digest, id }
}

function randomText(): string {
  return randomBytes(32).toString('base64url')
}

/** The ids that are due, in no particular order of the buckets. */
export async function dueIn(world: World, until = world.now()): Promise<readonly number[]> {
  const ids: number[] = []
  for (const bucket of bucketsOf(ONLY_SHARD, until)) {
    for await (const { connectionId } of world.dueConnections.due(bucket, until)) {
      ids.push(connectionId)
    }
  }
  return ids
}
