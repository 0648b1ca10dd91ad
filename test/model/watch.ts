import type { AccessTokenOutcome } from '../../functions/domain/access-token.ts'
import type { CompleteOutcome } from '../../functions/domain/complete-authorization.ts'
import {
  REFRESH_CLAIM_LIFETIME_MS as CLAIM_LIFETIME_MS,
  type RefreshClaim,
} from '../../functions/domain/refresh-claims.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import { ServiceError } from '../../functions/domain/service-error.ts'
import type { SweepResult, SweptOutcome } from '../../functions/domain/sweep-shard.ts'
import { MINUTE } from '../fakes/hand-clock.ts'
import type { Answer, Issued } from './entra-model.ts'
import { type Notes, notebook } from './notes.ts'
import { nameOf, type Operation, type Result, type Stage } from './stage.ts'
import { type BrakesWatch, brakesWatch } from './watch-brakes.ts'
import { type StoreWatch, type StoreWatchDependencies, storeWatch } from './watch-store.ts'

/** How wrong the clock of a machine may be. */
export const LARGEST_SKEW_MS = 5 * MINUTE

/** Tries to store what was issued, before it may be given up. */
const STORE_TRIES = 5

/** Tries to store a sign-in, when refreshes come first. */
const STORE_SIGN_IN_TRIES = 3

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
export interface Watch
  extends StoreWatch,
    Pick<BrakesWatch, 'held' | 'probed' | 'switched' | 'told' | 'isBreakerOpen'> {
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

export function watch(
  stage: Stage,
  dependencies: Omit<StoreWatchDependencies, 'notesOf' | 'expect'>,
): Watch {
  const { entra, secrets } = dependencies
  const notesOf = notebook()
  const violations: string[] = []
  const expect = (holds: boolean, what: string) => {
    if (holds) return
    violations.push(what)
    stage.note(`✗✗✗ ${what}`)
  }
  const store = storeWatch({ ...dependencies, notesOf, expect })
  const brakes = brakesWatch({ stage, notesOf, expect })
  const claims = new Map<string, Claim>()
  const skewedTokens = new Set<Issued>()

  const trueTime = () => stage.now().getTime()
  const ownTime = ({ skew }: Operation) => trueTime() + skew
  const claimFor = (operation: Operation, refreshToken: string) =>
    store.storedAs(refreshToken).find((key) => notesOf(operation).claims.has(key))

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

  /** I13, I16: what was not due, or is another generation than the one that was wanted, is left alone. */
  const judgeWanted = (operation: Operation, { refreshToken }: Request) => {
    const { wanted, reads } = notesOf(operation)
    const [id, generation] = claimFor(operation, refreshToken)?.split('#').map(Number) ?? []
    if (id === undefined) return
    const label = `${operation.name} refreshed ${store.name(id)}`
    const dueAt = reads.get(id)?.nextRefreshAt?.getTime() ?? 0
    expect(wanted !== 'due' || dueAt <= ownTime(operation), `I13 ${label} early`)
    const isAnother = typeof wanted === 'number' && wanted !== generation
    expect(!isAnother, `I16 ${label} #${generation}, and was asked to for #${wanted}`)
  }

  /** I6, I8: what a refresh says is what is stored. */
  const judgeTruth = (operation: Operation, id: number, result: RefreshOutcome) => {
    const { reads, endedGrants } = notesOf(operation)
    const label = `${operation.name} says ${result.outcome}`
    const isEnded = endedGrants.has(id) || reads.get(id)?.status === 'reauthorization_required'
    const saysEnded = result.outcome === 'reauthorization_required'
    expect(!saysEnded || isEnded, `I6 ${label}, and a read of ${store.name(id)} would not`)
    const stored = store.stored(id)?.generation ?? Number.POSITIVE_INFINITY
    const isUnstored = result.outcome === 'refreshed' && result.generation > stored
    expect(!isUnstored, `I8 ${label}, and ${store.name(id)} is at #${stored}`)
  }

  const judgeError = ({ name }: Operation, error: unknown) => {
    const isUnfounded = nameOf(error) === 'token_unsealable' && !secrets.mayLackKeys()
    expect(!isUnfounded, `${name} cannot open what is stored, and every key is there`)
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
    ...brakes,
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
      const label = `${operation.name} asks with ${request.refreshToken}`
      brakes.judgeRequest(operation, request.tenant, label)
      judgeWanted(operation, request)
    },

    answered: (operation, { refreshToken }, answer) => {
      const notes = notesOf(operation)
      const claim = claimFor(operation, refreshToken)
      const age = trueTime() - (notes.claims.get(claim ?? '') ?? 0)
      const isInTime = answer.kind === 'none' || age <= CLAIM_LIFETIME_MS
      expect(isInTime, `I7 ${operation.name} took an answer ${age} ms after it claimed`)
      brakes.noteAnswer(operation, answer)
      if (answer.kind === 'refused' && answer.code === 50173) notes.refusedTokens.add(refreshToken)
      if (answer.kind !== 'issued') return
      if (claim) notes.unstored.set(claim, 0)
    },

    timed: ({ skew }, issued) => {
      if (skew !== 0) skewedTokens.add(issued)
    },

    refreshed: (operation, connectionId, result) => {
      const notes = notesOf(operation)
      notes.tried.set(connectionId, result)
      if (result.outcome === 'error') return judgeError(operation, result.error)
      brakes.judgeOutcome(operation, result, notes.reads.get(connectionId)?.user?.tenantId)
      judgeTruth(operation, connectionId, result)
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
      const isFounded = [...tried.values()].some(concernsAll)
      expect(ended !== 'held_back' || isFounded, `I15 ${operation.name} ended for one connection`)
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
      if (outcome.outcome !== 'ended') return
      const { request, result } = outcome
      const { hasConnected, connects, reads } = notesOf(operation)
      const isConnected = result.outcome === 'connected'
      expect(!isConnected || hasConnected, `${operation.name} said connected and stored nothing`)
      const hasGivenUp = result.outcome === 'failed' && result.reason.code === 'connection_changed'
      const { wanted } = request
      const resource = wanted.kind === 'to_find' ? undefined : wanted.resource
      const isSame = reads.get(request.connectionId)?.resource === resource
      const isTooSoon = hasGivenUp && isSame && connects < STORE_SIGN_IN_TRIES
      expect(!isTooSoon, `I12 ${operation.name} gave way to a refresh after ${connects} tries`)
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
      judgeError(operation, result.error)
      const isStopped = operation.kind === 'sweep' && isOneItems(result.error)
      expect(!isStopped, `I15 ${operation.name} ended for one connection: ${error}`)
      const isUnfounded = error === 'store_unavailable' && storeFaults === 0
      expect(!isUnfounded, `${operation.name} says the store is down, and it is not`)
    },
  }
}

function isOneItems(error: unknown): boolean {
  const name = nameOf(error)
  return name === 'item_malformed' || name === 'token_unsealable'
}

/** Whether every further connection would have met it as well. */
function concernsAll(result: SweptOutcome): boolean {
  if (result.outcome !== 'error') return result.outcome === 'app_credential_rejected'
  return !isOneItems(result.error)
}
