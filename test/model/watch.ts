import type { AccessTokenOutcome } from '../../functions/domain/access-token.ts'
import type { CompleteOutcome } from '../../functions/domain/complete-authorization.ts'
import { TENANT_HOLD_MS } from '../../functions/domain/refresh-brakes.ts'
import {
  REFRESH_CLAIM_LIFETIME_MS as CLAIM_LIFETIME_MS,
  type RefreshClaim,
} from '../../functions/domain/refresh-claims.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import { boundedRetryAfter } from '../../functions/domain/refresh-schedule.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'
import type { SweepResult, SweptOutcome } from '../../functions/domain/sweep-shard.ts'
import { MINUTE } from '../fakes/hand-clock.ts'
import type { Answer, Issued } from './entra-model.ts'
import { type Notes, notebook } from './notes.ts'
import { nameOf, type Operation, type Result, type Stage } from './stage.ts'
import { type StoreWatch, type StoreWatchDependencies, storeWatch } from './watch-store.ts'

/** How wrong the clock of a machine may be. */
export const LARGEST_SKEW_MS = 5 * MINUTE

/** Tries to store what was issued, before it may be given up. */
const STORE_TRIES = 5

/** No function runs for longer; what was frozen for longer counts as dead. */
const LONGEST_LIFE_MS = 15 * MINUTE

/** What an operation may throw; anything else is a fault of ours. */
const EXPECTED_ERRORS = new Set([
  'store_unavailable',
  'secret_unreadable',
  'item_malformed',
  'token_unsealable',
  'refresh_unavailable',
])

/** Watches everything that happens, and collects what must not. */
export interface Watch extends StoreWatch {
  readonly violations: readonly string[]
  readonly notesOf: (operation: Operation) => Notes
  expect(holds: boolean, what: string): void
  claimed(operation: Operation, claim: RefreshClaim): void
  /** A token request arrives at Entra. */
  requested(operation: Operation, request: Request): void
  /** Its answer arrives back. */
  answered(operation: Operation, request: Request, answer: Answer): void
  /** Tokens come with a time by the clock of whoever asked. */
  timed(operation: Operation, issued: Issued): void
  held(tenant: string, until: Date): void
  /** A probe was taken, as of then by its own clock. */
  probed(operation: Operation, now: Date): void
  /** The breaker was opened as of then, or closed. */
  switched(operation: Operation, openedAt: Date | undefined): void
  readonly isBreakerOpen: () => boolean
  /** A refresh of its own, or one of a sweep, has come to its outcome. */
  refreshed(operation: Operation, connectionId: number, result: SweptOutcome): void
  swept(operation: Operation, result: SweepResult): void
  served(
    operation: Operation,
    outcome: AccessTokenOutcome,
    wanted: { readonly connectionId: number; readonly minValidityMs: number },
  ): void
  signedIn(operation: Operation, outcome: CompleteOutcome): void
  ended(operation: Operation, result: Result): void
}

export interface Request {
  readonly refreshToken: string
  readonly tenant: string
  readonly clientSecret: string
}

interface Claim {
  readonly at: number
  readonly by: Operation
  readonly isSkewed: boolean
}

/** A tenant that is to be left alone, known since a moment. */
interface Hold {
  readonly moment: number
  readonly until: number
  readonly why: string
}

export function watch(
  stage: Stage,
  dependencies: Omit<StoreWatchDependencies, 'notesOf' | 'expect'>,
): Watch {
  const { entra } = dependencies
  const notesOf = notebook()
  const violations: string[] = []
  const expect = (holds: boolean, what: string) => {
    if (holds) return
    violations.push(what)
    stage.note(`✗✗✗ ${what}`)
  }
  const store = storeWatch({ ...dependencies, notesOf, expect })
  const claims = new Map<string, Claim>()
  const holds = new Map<string, readonly Hold[]>()
  const skewedTokens = new Set<Issued>()
  let isBreakerOpen = false
  let noProbeBefore = 0

  const trueTime = () => stage.now().getTime()
  const ownTime = ({ skew }: Operation) => trueTime() + skew
  const hold = (tenant: string, until: number, why: string) => {
    holds.set(tenant, [...(holds.get(tenant) ?? []), { moment: stage.moment(), until, why }])
  }
  /** Another clock's minute is not comparable. */
  const minuteAfter = ({ skew }: Operation, now: Date) => (skew === 0 ? now.getTime() + MINUTE : 0)
  const claimFor = (operation: Operation, refreshToken: string) =>
    store.storedAs(refreshToken).find((key) => notesOf(operation).claims.has(key))

  /** I13, I14: what a request has to know of the brakes. */
  const judgeBrakes = (operation: Operation, { tenant, refreshToken }: Request) => {
    const { brakes, hasProbe, isConcurrent } = notesOf(operation)
    const label = `${operation.name} asks with ${refreshToken}`
    expect(brakes !== undefined, `I14 ${label} without a look at the brakes`)
    if (brakes === undefined || isConcurrent) return
    const applies = ({ moment, until }: Hold) =>
      moment < brakes.moment && until > ownTime(operation)
    const hold = holds.get(tenant)?.find(applies)
    expect(hold === undefined, `I14 ${label} while its tenant is held: ${hold?.why}`)
    expect(!brakes.wasBreakerOpen || hasProbe, `I13 ${label} past an open breaker`)
  }

  /** I7: what a request has to have claimed. */
  const judgeClaim = (operation: Operation, { refreshToken, clientSecret }: Request) => {
    const { claims: held, sent } = notesOf(operation)
    const label = `${operation.name} asks with ${refreshToken}`
    const claim = claimFor(operation, refreshToken)
    expect(claim !== undefined, `I7 ${label} without a claim on it`)
    if (claim === undefined) return
    const age = trueTime() - (held.get(claim) ?? 0)
    expect(age <= CLAIM_LIFETIME_MS, `I7 ${label} ${age} ms after it claimed`)
    const before = sent.get(claim) ?? []
    expect(!before.includes(clientSecret), `I7 ${label} twice with one credential`)
    sent.set(claim, [...before, clientSecret])
  }

  const judgeValidity = (
    operation: Operation,
    outcome: Extract<AccessTokenOutcome, { outcome: 'served' }>,
    { minValidityMs }: { readonly minValidityMs: number },
  ) => {
    const { readAt } = notesOf(operation)
    const own = outcome.expiresAt.getTime() - readAt.ownTime
    const label = `I3 ${operation.name}, which wanted ${minValidityMs} ms, was served`
    expect(own >= minValidityMs, `${label} ${own} ms`)
    const issued = entra.issuedAs(outcome.accessToken)
    if (issued === undefined) return
    const skews = Math.abs(operation.skew) + (skewedTokens.has(issued) ? LARGEST_SKEW_MS : 0)
    const left = issued.expiresAt.getTime() - readAt.trueTime
    expect(left >= minValidityMs - skews, `${label} a token that truly has ${left} ms left`)
  }

  return {
    ...store,
    violations,
    notesOf,
    expect,

    claimed: (operation, { connectionId, generation, now }) => {
      const key = `${connectionId}#${generation}`
      const isSkewed = operation.skew !== 0
      // A claim lives from when it was asked for: one that took long to arrive may be over already.
      const at = now.getTime() - operation.skew
      const last = claims.get(key)
      const isComparable = last !== undefined && !last.isSkewed && !isSkewed
      const isSecond = isComparable && last.by !== operation && at - last.at <= CLAIM_LIFETIME_MS
      const label = `I7 ${operation.name} claimed ${store.name(connectionId)} #${generation}`
      expect(!isSecond, `${label}, which ${last?.by.name} holds`)
      claims.set(key, { at, isSkewed, by: operation })
      notesOf(operation).claims.set(key, at)
    },

    requested: (operation, request) => {
      judgeClaim(operation, request)
      judgeBrakes(operation, request)
      if (operation.kind !== 'sweep') return
      const id = Number(claimFor(operation, request.refreshToken)?.split('#')[0])
      const dueAt = notesOf(operation).reads.get(id)?.nextRefreshAt?.getTime() ?? 0
      expect(dueAt <= ownTime(operation), `I13 ${operation.name} swept ${store.name(id)} early`)
    },

    answered: (operation, { refreshToken }, answer) => {
      const notes = notesOf(operation)
      const claim = claimFor(operation, refreshToken)
      const age = trueTime() - (notes.claims.get(claim ?? '') ?? 0)
      const isInTime = answer.kind === 'none' || age <= CLAIM_LIFETIME_MS
      expect(isInTime, `I7 ${operation.name} took an answer ${age} ms after it claimed`)
      notes.credential = credentialIn(answer)
      notes.tenantHold = holdIn(answer, new Date(ownTime(operation)))
      if (answer.kind === 'refused' && answer.code === 50173) notes.refusedTokens.add(refreshToken)
      if (answer.kind !== 'issued') return
      if (claim) notes.unstored.set(claim, 0)
    },

    timed: ({ skew }, issued) => {
      if (skew !== 0) skewedTokens.add(issued)
    },

    held: (tenant, until) => hold(tenant, until.getTime(), 'the store says so'),

    probed: (operation, now) => {
      const isEarly = operation.skew === 0 && now.getTime() < noProbeBefore
      expect(!isEarly, `I13 ${operation.name} probes within a minute of the last one`)
      noProbeBefore = minuteAfter(operation, now)
      notesOf(operation).hasProbe = true
    },

    switched: (operation, openedAt) => {
      const isOpen = openedAt !== undefined
      isBreakerOpen = isOpen
      noProbeBefore = openedAt ? minuteAfter(operation, openedAt) : 0
      const { credential, isConcurrent } = notesOf(operation)
      if (isConcurrent) return
      const label = `${operation.name} ${isOpen ? 'opened' : 'closed'} the breaker`
      const expected = isOpen ? 'rejected' : 'accepted'
      expect(credential === expected, `I13 ${label}, and the credential was ${credential}`)
    },

    isBreakerOpen: () => isBreakerOpen,

    refreshed: (operation, connectionId, result) => {
      const notes = notesOf(operation)
      notes.tried.set(connectionId, result)
      if (notes.isConcurrent || result.outcome === 'error') return
      judgeOutcome(result, notes)
      const tenant = store.stored(connectionId)?.user?.tenantId
      const { tenantHold } = notes
      if (tenant && tenantHold && result.outcome === 'transient') {
        hold(tenant, tenantHold.getTime(), `Entra said so to ${operation.name}`)
      }
    },

    swept: (operation, { ended }) => {
      const { tried, listed, setAside } = notesOf(operation)
      for (const [id, result] of tried) {
        const isPoison = result.outcome === 'error' && isOneItems(result.error)
        expect(
          !isPoison || setAside.has(id),
          `I15 ${operation.name} left ${store.name(id)} in the way`,
        )
      }
      const left = [...listed].filter((id) => !tried.has(id)).map(store.name)
      expect(ended !== 'all' || left.length === 0, `I15 ${operation.name} never tried ${left}`)
    },

    served: (operation, outcome, wanted) => {
      if (outcome.outcome !== 'served') return
      const label = `I3 ${operation.name} was served`
      const issued = entra.issuedAs(outcome.accessToken)
      const read = notesOf(operation).reads.get(wanted.connectionId)
      const objectId = store.objectId(wanted.connectionId)
      expect(issued?.user.objectId === objectId, `${label} another's token`)
      expect(issued?.resource === outcome.resource, `${label} another environment's token`)
      expect(read?.status === 'connected', `I11 ${label} while ${read?.status}`)
      judgeValidity(operation, outcome, wanted)
    },

    signedIn: (operation, outcome) => {
      const isConnected = outcome.outcome === 'ended' && outcome.result.outcome === 'connected'
      const { hasConnected } = notesOf(operation)
      expect(!isConnected || hasConnected, `${operation.name} said connected and stored nothing`)
    },

    ended: (operation, result) => {
      const { unstored, storeFaults } = notesOf(operation)
      const hasLived = trueTime() - operation.startedAt.getTime() <= LONGEST_LIFE_MS
      for (const [key, tries] of unstored) {
        const label = `I8 ${operation.name} got tokens for ${key}`
        const isExcused = tries >= STORE_TRIES || !hasLived
        expect(isExcused, `${label}, tried ${tries} times to store them, and ended`)
      }
      if (!('error' in result)) return
      const error = nameOf(result.error)
      const isServiceError = result.error instanceof ServiceError
      expect(isServiceError && EXPECTED_ERRORS.has(error), `${operation.name} threw ${error}`)
      const isUnfounded = error === 'store_unavailable' && storeFaults === 0
      expect(!isUnfounded, `${operation.name} says the store is down, and it is not`)
    },
  }

  function judgeOutcome(result: RefreshOutcome, notes: Notes) {
    const isRejected = result.outcome === 'app_credential_rejected'
    const wasAsked = notes.credential === 'rejected'
    expect(!isRejected || !wasAsked || notes.hasOpenedBreaker, 'I13 a rejection opened no breaker')
  }
}

function isOneItems(error: unknown): boolean {
  const name = nameOf(error)
  return name === 'item_malformed' || name === 'token_unsealable'
}

function credentialIn(answer: Answer): Notes['credential'] {
  if (answer.kind === 'unavailable' || answer.kind === 'none') return 'not_looked_at'
  if (answer.kind !== 'refused' || answer.error !== 'invalid_client') return 'accepted'
  return answer.code === 7000229 ? 'not_looked_at' : 'rejected'
}

/** Until when an answer wants the tenant to be left alone. */
function holdIn(answer: Answer, now: Date): Date | undefined {
  const isThrottle = answer.kind === 'refused' && answer.code === 50196
  if (!isThrottle && answer.kind !== 'unavailable' && answer.kind !== 'none') return undefined
  const seconds = answer.kind === 'unavailable' ? (answer.retryAfterSeconds ?? 0) : 0
  const asked = boundedRetryAfter(now, new Date(now.getTime() + seconds * 1000))
  return new Date(Math.max(asked.getTime(), now.getTime() + TENANT_HOLD_MS))
}
