import type { AuthorizationRequests } from '../../functions/domain/authorization-request.ts'
import type { Connections } from '../../functions/domain/connections.ts'
import type { RefreshBrakes } from '../../functions/domain/refresh-brakes.ts'
import type { RefreshClaims } from '../../functions/domain/refresh-claims.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'
import type { SignInTokens } from '../../functions/domain/sign-in-token.ts'
import type { TokenEndpoint, TokenEndpointFailure } from '../../functions/domain/token-endpoint.ts'
import type { DueConnection, DueConnections, TokenSets } from '../../functions/domain/token-sets.ts'
import { clientSecretOf } from '../fakes/memory-app-credentials.ts'
import { aRefusal } from '../support/builders.ts'
import type { Backend } from './backend.ts'
import type { Answer, EntraModel, Issued } from './entra-model.ts'
import type { Operation, Stage } from './stage.ts'
import type { StoreCalls } from './store-faults.ts'
import type { Request, Watch } from './watch.ts'
import type { Write } from './watch-store.ts'
import type { Wire } from './wire.ts'

export interface PortDependencies {
  readonly stage: Stage
  readonly backend: Backend
  readonly entra: EntraModel
  readonly watch: Watch
  readonly store: StoreCalls
  /** Connections whose items cannot be read. */
  readonly corrupted: ReadonlySet<number>
  /** Puts token requests through the real adapter; `undefined` leaves it out. */
  readonly wire: Wire | undefined
  /** Who signs in with a code. */
  readonly userOf: (code: string) => { readonly tenantId: string; readonly objectId: string }
}

/** The ports of one operation: each call is staged, may fail, and is watched. */
export interface Ports {
  readonly connections: Pick<Connections, 'read' | 'setResource' | 'disconnect' | 'remove'>
  readonly tokenSets: TokenSets
  readonly dueConnections: DueConnections
  readonly refreshClaims: RefreshClaims
  readonly refreshBrakes: RefreshBrakes
  readonly signInTokens: SignInTokens
  readonly authorizationRequests: AuthorizationRequests
  readonly tokenEndpoint: Pick<TokenEndpoint, 'exchangeCode' | 'refresh'>
}

export function portsOf(deps: PortDependencies, operation: Operation): Ports {
  return {
    ...storePorts(deps, operation),
    ...coordinationPorts(deps, operation),
    ...signInPorts(deps, operation),
    tokenEndpoint: tokenEndpointOf(deps, operation),
  }
}

function storePorts(
  { stage, backend, watch, store, corrupted }: PortDependencies,
  operation: Operation,
): Pick<Ports, 'connections' | 'tokenSets' | 'dueConnections'> {
  const notes = watch.notesOf(operation)
  const { connections, tokenSets, dueConnections } = backend
  const read = <T extends Awaited<ReturnType<TokenSets['read']>>>(
    id: number,
    effect: () => Promise<T>,
  ) =>
    store.read(operation, `read ${watch.name(id)}`, async () => {
      if (corrupted.has(id)) throw new ServiceError('a later version’s', { code: 'item_malformed' })
      const connection = await effect()
      const trueTime = stage.now().getTime()
      notes.readAt = { trueTime, ownTime: trueTime + operation.skew }
      notes.reads.set(id, connection)
      return connection
    })
  const write = <T>(id: number, what: Write, effect: () => Promise<T>) =>
    store.write(operation, `${what} ${watch.name(id)}`, async () => {
      const answer = await effect()
      await watch.wrote(operation, id, what)
      return answer
    })
  return {
    connections: {
      read: (account, id) => read(id, () => connections.read(account, id)),
      setResource: (c, resource) =>
        write(c.id, 'setResource', () => connections.setResource(c, resource)),
      disconnect: (c) => write(c.id, 'disconnect', () => connections.disconnect(c)),
      remove: (c) => write(c.id, 'remove', () => connections.remove(c)),
    },
    tokenSets: {
      read: (id) => read(id, () => tokenSets.read(id)),
      connect: async (set) => {
        const connect = async () => {
          notes.connects += 1
          const stored = await tokenSets.connect(set)
          if (stored) notes.hasConnected = true
          return stored
        }
        return write(set.connectionId, 'connect', connect)
      },
      replace: async (set) => {
        const { connectionId: id, expectedGeneration: generation } = set
        const key = `${id}#${generation}`
        const tries = notes.unstored.get(key)
        if (tries !== undefined) notes.unstored.set(key, tries + 1)
        const stored = await write(id, 'replace', () => tokenSets.replace(set))
        notes.unstored.delete(key)
        return stored
      },
      postpone: (set) => write(set.connectionId, 'postpone', () => tokenSets.postpone(set)),
      requireReauthorization: (set) =>
        write(set.connectionId, 'requireReauthorization', async () => {
          const required = await tokenSets.requireReauthorization(set)
          if (required) notes.endedGrants.add(set.connectionId)
          return required
        }),
    },
    dueConnections: {
      due: async function* (bucket, until) {
        const due = await store.read(operation, `list bucket ${bucket}`, async () => {
          const listed: DueConnection[] = []
          for await (const one of dueConnections.due(bucket, until)) listed.push(one)
          return listed
        })
        for (const { connectionId } of due) notes.listed.add(connectionId)
        yield* due
      },
      setAside: (id, until) => {
        notes.setAside.add(id)
        return write(id, 'setAside', () => dueConnections.setAside(id, until))
      },
    },
  }
}

function coordinationPorts(
  { stage, backend, watch, store }: PortDependencies,
  operation: Operation,
): Pick<Ports, 'refreshClaims' | 'refreshBrakes'> {
  const notes = watch.notesOf(operation)
  const { refreshClaims, refreshBrakes } = backend
  return {
    refreshClaims: {
      claim: (claim) => {
        const { connectionId: id, generation } = claim
        return store.write(operation, `claim ${watch.name(id)} #${generation}`, async () => {
          const isOurs = await refreshClaims.claim(claim)
          if (isOurs) watch.claimed(operation, claim)
          return isOurs
        })
      },
    },
    refreshBrakes: {
      read: (tenant) => {
        const { readAt } = notes
        return store.read(operation, 'look at the brakes', async () => {
          const brakes = await refreshBrakes.read(tenant)
          // A refresh that failed beside its look has been followed by another one's.
          if (!notes.isConcurrent && notes.readAt !== readAt) return brakes
          const wasBreakerOpen = brakes.appBreaker !== undefined
          notes.brakes = { moment: stage.moment(), wasBreakerOpen }
          notes.hasProbe = false
          notes.tenantHold = undefined
          notes.credential = undefined
          return brakes
        })
      },
      holdTenant: (tenant, until) =>
        store.write(operation, 'hold the tenant', async () => {
          await refreshBrakes.holdTenant(tenant, until)
          const { tenantHeldUntil } = await refreshBrakes.read(tenant)
          watch.held(tenant, until, tenantHeldUntil)
        }),
      openAppBreaker: (code, now) =>
        store.write(operation, 'open the breaker', async () => {
          notes.hasOpenedBreaker = true
          const hasOpened = await refreshBrakes.openAppBreaker(code, now)
          if (hasOpened) watch.switched(operation, now)
          return hasOpened
        }),
      takeProbe: (now) =>
        store.write(operation, 'take the probe', async () => {
          const isTaken = await refreshBrakes.takeProbe(now)
          if (isTaken) watch.probed(operation, now)
          return isTaken
        }),
      closeAppBreaker: () =>
        store.write(operation, 'close the breaker', async () => {
          const hasClosed = await refreshBrakes.closeAppBreaker()
          if (hasClosed) watch.switched(operation, undefined)
          return hasClosed
        }),
    },
  }
}

function signInPorts(
  { backend, store }: PortDependencies,
  operation: Operation,
): Pick<Ports, 'signInTokens' | 'authorizationRequests'> {
  const { signInTokens: tokens, authorizationRequests: requests } = backend
  const write = <T>(label: string, effect: () => Promise<T>) =>
    store.write(operation, label, effect)
  return {
    signInTokens: {
      create: (token) => write('make a link', () => tokens.create(token)),
      countStart: (digest) => write('count a start', () => tokens.countStart(digest)),
      spend: (digest, by) => write('spend the link', () => tokens.spend(digest, by)),
      restore: (digest, by) => write('give the link back', () => tokens.restore(digest, by)),
    },
    authorizationRequests: {
      create: (request) => write('begin', () => requests.create(request)),
      consume: (...args) => write('consume the request', () => requests.consume(...args)),
      complete: (...args) => write('keep the outcome', () => requests.complete(...args)),
      find: (...args) => requests.find(...args),
    },
  }
}

/** The token endpoint, as the adapter puts what Entra says. */
function tokenEndpointOf(deps: PortDependencies, operation: Operation): Ports['tokenEndpoint'] {
  const { stage, entra, watch, userOf } = deps
  const ownNow = () => new Date(stage.now().getTime() + operation.skew)
  return {
    exchangeCode: async ({ code, resource, appCredential, signal }) => {
      const sentAt = ownNow()
      const user = userOf(code)
      const answer = await stage.call(operation, 'POST code', () => {
        const request = { user, resource, credential: appCredential, now: stage.now() }
        return signal.aborted ? NO_ANSWER : entra.redeemCode(request)
      })
      if (answer.kind !== 'issued') return failureOf(answer, ownNow())
      watch.timed(operation, answer.issued)
      const named = { name: undefined, username: undefined, loginHint: undefined }
      const tokenSet = tokenSetOf(answer.issued, sentAt)
      return { outcome: 'issued', tokenSet, user: { ...user, ...named } }
    },
    refresh: async (grant) => {
      if (deps.wire) return deps.wire.refresh(operation, grant, ownNow)
      const sentAt = ownNow()
      const { refreshToken, authority, appCredential, resource, signal } = grant
      const { clientId } = appCredential
      const clientSecret = clientSecretOf(appCredential)
      const request = { refreshToken, tenant: authority.tenant, clientId, clientSecret, resource }
      const answer = await ask(deps, operation, { ...request, signal })
      if (answer.kind !== 'issued') return failureOf(answer, ownNow())
      return { outcome: 'issued', tokenSet: tokenSetOf(answer.issued, sentAt) }
    },
  }
}

/** What a token request says. */
export interface TokenRequest extends Request {
  readonly clientId: string
  readonly resource: string
  readonly signal: AbortSignal
  /** Whether nobody waits for the answer any more. */
  readonly isGivenUp?: () => boolean
}

/** A token request: it arrives, is answered, and the answer arrives, each at a moment of its own. */
export async function ask(
  { stage, entra, watch }: Pick<PortDependencies, 'stage' | 'entra' | 'watch'>,
  operation: Operation,
  { signal, isGivenUp, ...request }: TokenRequest,
): Promise<Answer> {
  const label = `POST ${request.refreshToken} with ${request.clientSecret}`
  const answer = await stage.call(operation, label, () => {
    if (signal.aborted) return NO_ANSWER
    watch.requested(operation, request)
    const { clientId, clientSecret } = request
    const credential = { kind: 'client_secret', clientId, clientSecret } as const
    return entra.redeemRefreshToken({ ...request, credential, now: stage.now() })
  })
  return stage.call(operation, `answer: ${describe(answer)}`, () => {
    if (isGivenUp?.()) return NO_ANSWER
    const inTime = signal.aborted ? NO_ANSWER : answer
    watch.answered(operation, request, inTime)
    if (inTime.kind === 'issued') watch.timed(operation, inTime.issued)
    return inTime
  })
}

const NO_ANSWER: Answer = { kind: 'none' }

function tokenSetOf(issued: Issued, obtainedAt: Date) {
  const { accessToken, refreshToken, lifetimeSeconds } = issued
  const accessTokenExpiresAt = new Date(obtainedAt.getTime() + lifetimeSeconds * 1000)
  return { accessToken, refreshToken, accessTokenExpiresAt, obtainedAt }
}

function failureOf(answer: Exclude<Answer, { kind: 'issued' }>, now: Date): TokenEndpointFailure {
  if (answer.kind === 'none') {
    return { outcome: 'unavailable', status: undefined, retryAfter: undefined }
  }
  if (answer.kind === 'malformed') return { outcome: 'malformed', what: 'as the model wants it' }
  if (answer.kind === 'refused') {
    const { status, error, code } = answer
    return { outcome: 'refused', refusal: aRefusal({ status, error, code }) }
  }
  const { status, retryAfterSeconds: seconds } = answer
  const retryAfter = seconds === undefined ? undefined : new Date(now.getTime() + seconds * 1000)
  return { outcome: 'unavailable', status, retryAfter }
}

function describe(answer: Answer): string {
  if (answer.kind === 'issued') {
    const { accessToken, refreshToken } = answer.issued
    return `${accessToken}, ${answer.isRefreshTokenOmitted ? 'no new refresh token' : refreshToken}`
  }
  if (answer.kind === 'refused') return `${answer.error} AADSTS${answer.code}`
  if (answer.kind !== 'unavailable') return answer.kind
  return `${answer.status}, Retry-After ${answer.retryAfterSeconds ?? 'not given'}`
}
