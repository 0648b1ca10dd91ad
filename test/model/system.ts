import { type AccessTokenOutcome, accessTokenFor } from '../../functions/domain/access-token.ts'
import {
  authorizationRequestIdOf,
  browserBindingOf,
} from '../../functions/domain/authorization-request.ts'
import {
  type CompleteOutcome,
  completeAuthorization,
} from '../../functions/domain/complete-authorization.ts'
import type { Connection } from '../../functions/domain/connection.ts'
import {
  type RefreshRequest,
  refreshConnection,
} from '../../functions/domain/refresh-connection.ts'
import type { RefreshDependencies } from '../../functions/domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'
import { digestOf } from '../../functions/domain/sign-in-token.ts'
import { type SweepResult, sweepShard } from '../../functions/domain/sweep-shard.ts'
import { MINUTE } from '../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../fakes/memory-app-credentials.ts'
import { ENVIRONMENT } from '../fakes/scripted-environments.ts'
import { anAuthorizationRequest, aResource, aSignInToken } from '../support/builders.ts'
import { BUCKET, type MakeBackend } from './backend.ts'
import { type Container, type Containers, containers } from './containers.ts'
import { type EntraModel, entraModel } from './entra-model.ts'
import { type Ports, portsOf } from './ports.ts'
import { type SecretsModel, secretsModel } from './secrets-model.ts'
import type { Operation, Stage } from './stage.ts'
import { noStoreFaults, type StoreFaults, storeCalls } from './store-faults.ts'
import { type Watch, watch } from './watch.ts'
import type { WireServer } from './wire.ts'

const TENANTS = ['aaaaaaaa-1111-4222-8333-444444444444', 'bbbbbbbb-1111-4222-8333-444444444444']
const RESOURCES = [
  aResource('https://one.crm4.dynamics.com'),
  aResource('https://two.crm4.dynamics.com'),
]
export const LOGIN_HOST = 'login.microsoftonline.com'
const ACCOUNT = 'account'

/** One connection of the model and whoever it is of; after it was removed, the next in its place. */
export interface Slot {
  readonly index: number
  readonly tenant: string
  readonly objectId: string
  connectionId: number
  /** How many there were in its place. */
  count: number
}

/** The whole service, with all that it talks to. */
export interface System {
  readonly stage: Stage
  readonly entra: EntraModel
  readonly secrets: SecretsModel
  readonly watch: Watch
  readonly storeFaults: StoreFaults
  readonly corrupted: Set<number>
  readonly functions: Readonly<Record<FunctionName, Containers>>
  readonly slots: readonly Slot[]
  readonly mode: 'lenient' | 'strict'
  refresh(slot: Slot, when: RefreshRequest['when'], skew: number): Operation
  sweep(options: SweepOptions, skew: number): Operation
  token(slot: Slot, wanted: WantedToken, skew: number): Operation
  signIn(slot: Slot, skew: number): Promise<Operation | undefined>
  manage(slot: Slot, what: Management): Operation
  /** Makes a new connection in the place of one that was removed. */
  recreate(slot: Slot): Promise<void>
  stored(slot: Slot): Connection | undefined
}

export type FunctionName = 'refresh' | 'token' | 'callback'

export interface SweepOptions {
  readonly shards: number
  readonly concurrency: number
  readonly ahead: number
  /** Ends by itself after so long, as a sweep does that has too much to do. */
  readonly endsAfterMs: number
}

export interface WantedToken {
  readonly minValidityMs: number
  readonly forceRefresh: boolean
}

export type Management = 'disconnect' | 'remove' | 'change the environment'

/** An invocation of a function. */
interface Invocation extends Pick<Operation, 'name' | 'kind' | 'skew'> {
  readonly from: Containers
}

export interface SystemOptions {
  readonly stage: Stage
  readonly mode: 'lenient' | 'strict'
  readonly makeBackend: MakeBackend
  /** Where given, token requests go through the real adapter. */
  readonly wireServer: WireServer | undefined
}

/** The service with three connections of two tenants, all of them connected. */
export async function system({
  stage,
  mode,
  makeBackend,
  wireServer,
}: SystemOptions): Promise<System> {
  const backend = await makeBackend(stage.now)
  const entra = entraModel(mode)
  entra.acceptedSecrets.add(APP_CREDENTIAL.clientSecret)
  const secrets = secretsModel(stage.now)
  const watching = watch(stage, { backend, entra, secrets, mode })
  const storeFaults = noStoreFaults()
  const corrupted = new Set<number>()
  const wire = wireServer?.connect({ stage, entra, watch: watching })
  const codes = new Map<string, Slot>()
  const ports = (operation: Operation): Ports =>
    portsOf(
      {
        stage,
        backend,
        entra,
        watch: watching,
        store: storeCalls(stage, storeFaults, watching.notesOf),
        corrupted,
        wire,
        userOf: (code) => {
          const slot = codes.get(code)
          return { tenantId: slot?.tenant ?? '', objectId: slot?.objectId ?? '' }
        },
      },
      operation,
    )
  const functions = {
    refresh: containers(stage, secrets),
    token: containers(stage, secrets),
    callback: containers(stage, secrets),
  }
  let serial = 0

  /** Starts an invocation in a container of the function. */
  const invoke = <T>(
    { from, ...about }: Invocation,
    run: (operation: Operation, container: Container) => Promise<T>,
    judge: (operation: Operation, answer: T) => void,
  ): Operation => {
    serial += 1
    const container = from.take()
    return stage.start(
      {
        ...about,
        name: `#${serial} ${about.name}${about.skew === 0 ? '' : ` (clock ${about.skew / MINUTE} min off)`}`,
      },
      (operation) => {
        container.serves = operation
        return run(operation, container)
      },
      (operation, result) => {
        if ('answer' in result) {
          from.giveBack(container)
          judge(operation, result.answer as T)
        }
        watching.ended(operation, result)
      },
    )
  }

  const common = (operation: Operation) => ({
    ...ports(operation),
    now: () => new Date(stage.now().getTime() + operation.skew),
    wait: async (ms: number) => {
      const until = stage.now().getTime() + ms
      await stage.call(operation, `wait ${ms} ms`, () =>
        stage.advance(Math.max(until - stage.now().getTime(), 0)),
      )
    },
  })
  const refreshing = (operation: Operation, container: Container): RefreshDependencies => ({
    ...common(operation),
    appCredentials: container.appCredentials,
    accessTokens: container.accessTokens,
    refreshTokens: container.refreshTokens,
    refreshPolicy: 'adaptive',
    notice: (what) => {
      stage.note(`${operation.name}: notice ${what}`)
      watching.told(operation, what)
    },
  })
  const { signal } = new AbortController()

  const refresh: System['refresh'] = (slot, when, skew) => {
    const { connectionId } = slot
    const name = `refresh ${watching.name(connectionId)} (${when})`
    return invoke<RefreshOutcome>(
      { from: functions.refresh, name, kind: 'refresh', skew },
      (operation, container) => {
        watching.notesOf(operation).wanted = when
        return refreshConnection(refreshing(operation, container), { connectionId, when, signal })
      },
      (operation, outcome) => watching.refreshed(operation, connectionId, outcome),
    )
  }

  const sweep: System['sweep'] = ({ shards, concurrency, ahead, endsAfterMs }, skew) =>
    invoke<SweepResult>(
      { from: functions.refresh, name: 'sweep', kind: 'sweep', skew },
      (operation, container) => {
        const isConcurrent = concurrency + ahead > 1
        Object.assign(watching.notesOf(operation), { wanted: 'due', isConcurrent })
        const deps = {
          ...refreshing(operation, container),
          dueConnections: ports(operation).dueConnections,
          concurrency,
          ahead,
          startsPerSecond: Number.POSITIVE_INFINITY,
          report: (id: number, result: Parameters<Watch['refreshed']>[2]) =>
            watching.refreshed(operation, id, result),
        }
        const shard = { shard: BUCKET % shards, shards }
        return sweepShard(deps, { ...shard, ending: stage.timeout(endsAfterMs), signal })
      },
      watching.swept,
    )

  const token: System['token'] = (slot, wanted, skew) => {
    const { connectionId } = slot
    const request = { accountId: ACCOUNT, connectionId, ...wanted }
    const force = wanted.forceRefresh ? ', forced' : ''
    const name = `token of ${watching.name(connectionId)} for ${wanted.minValidityMs} ms${force}`
    return invoke<AccessTokenOutcome>(
      { from: functions.token, name, kind: 'token', skew },
      (operation, container) => {
        const invokeRefresh = (when: 'now' | number) =>
          stage.call(operation, `invoke refresh (${when})`, () => ({
            invoked: refresh(slot, when, 0),
          }))
        const refreshRequests = {
          refresh: async (_: number, when: 'now' | number) => {
            const { invoked } = await invokeRefresh(when)
            // Whatever the function threw, its invoker hears no more than that it failed.
            const unavailable = new ServiceError('it failed', { code: 'refresh_unavailable' })
            return (await invoked.done.catch(() => Promise.reject(unavailable))) as RefreshOutcome
          },
          refreshSoon: async (_: number, generation: number) => {
            await invokeRefresh(generation)
          },
        }
        const { connections, now, wait } = common(operation)
        const { accessTokens } = container
        return accessTokenFor({ connections, accessTokens, refreshRequests, now, wait }, request)
      },
      (operation, outcome) => watching.served(operation, outcome, request),
    )
  }

  const signIn: System['signIn'] = async (slot, skew) => {
    const resource = stored(slot)?.resource
    if (resource === undefined) return undefined
    serial += 1
    const secretsOfBrowser = { state: `state-${serial}`, browserSecret: `browser-${serial}` }
    const code = `code-${serial}`
    codes.set(code, slot)
    const digest = digestOf(code)
    const expiresAt = new Date(stage.now().getTime() + 15 * MINUTE)
    await backend.signInTokens.create(aSignInToken({ digest, accountId: ACCOUNT, expiresAt }))
    await backend.authorizationRequests.create(
      anAuthorizationRequest({
        id: authorizationRequestIdOf(secretsOfBrowser.state),
        browserBinding: browserBindingOf(secretsOfBrowser.browserSecret),
        connectionId: slot.connectionId,
        accountId: ACCOUNT,
        signInTokenDigest: digest,
        wanted: { kind: 'known', resource },
        authority: { loginHost: LOGIN_HOST, tenant: slot.tenant },
        expiresAt,
      }),
    )
    const name = `sign-in to ${watching.name(slot.connectionId)}`
    return invoke<CompleteOutcome>(
      { from: functions.callback, name, kind: 'sign-in', skew },
      (operation, container) => {
        const environments = {
          findTenant: async () => slot.tenant,
          whoAmI: () =>
            stage.call(operation, 'WhoAmI', () => ({
              outcome: 'proven' as const,
              environment: ENVIRONMENT,
            })),
        }
        const deps = {
          ...refreshing(operation, container),
          ...ports(operation),
          ...NEVER_ASKED,
          environments,
        }
        const redirectUri = 'https://connect.example/connector/callback'
        const result = { code, issuer: undefined }
        return completeAuthorization(
          { ...deps, redirectUri },
          { secrets: secretsOfBrowser, result, signal },
        )
      },
      watching.signedIn,
    )
  }

  const manage: System['manage'] = (slot, what) => {
    const { connectionId } = slot
    serial += 1
    const name = `#${serial} ${what} of ${watching.name(connectionId)}`
    return stage.start(
      { name, kind: 'management', skew: 0 },
      async (operation) => {
        const { connections } = ports(operation)
        const connection = await connections.read(ACCOUNT, connectionId)
        if (connection === undefined) return 'unknown'
        if (what === 'disconnect') return connections.disconnect(connection).then(statusOf)
        if (what === 'remove') return connections.remove(connection)
        const other = RESOURCES.find((resource) => resource !== connection.resource)
        return connections.setResource(connection, other).then(statusOf)
      },
      watching.ended,
    )
  }

  const stored = (slot: Slot) => watching.stored(slot.connectionId)

  const recreate: System['recreate'] = async (slot) => {
    slot.count += 1
    const about = { accountId: ACCOUNT, name: 'Dynamics', description: undefined }
    const resource = RESOURCES[slot.index % 2]
    const { id } = await backend.connections.create({ ...about, resource })
    slot.connectionId = id
    const name = `c${slot.index}${slot.count > 1 ? `-${slot.count}` : ''}`
    await watching.follow(id, { name, objectId: slot.objectId })
  }

  const slots = [0, 1, 2].map((index) => ({
    index,
    tenant: TENANTS[index === 2 ? 1 : 0] ?? '',
    objectId: `00000000-0000-4000-8000-00000000000${index}`,
    connectionId: 0,
    count: 0,
  }))
  for (const slot of slots) await recreate(slot)

  const whole = {
    stage,
    entra,
    secrets,
    watch: watching,
    storeFaults,
    corrupted,
    functions,
    slots,
    mode,
    wire,
  }
  return { ...whole, refresh, sweep, token, signIn, manage, recreate, stored }
}

/** What these sign-ins have no use for: the environment is known, and nobody has to confirm. */
const NEVER_ASKED = {
  parkedSignIns: { park: async () => Promise.reject(new Error('a sign-in was parked')) },
  environmentDirectory: { list: async () => Promise.reject(new Error('a list was asked for')) },
}

function statusOf(connection: Connection | undefined): string {
  return connection?.status ?? 'unknown'
}
