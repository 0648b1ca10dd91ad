import { TENANT_HOLD_MS } from '../../functions/domain/refresh-brakes.ts'
import type { AppCredentialNotice } from '../../functions/domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import { boundedRetryAfter } from '../../functions/domain/refresh-schedule.ts'
import { MINUTE } from '../fakes/hand-clock.ts'
import type { Answer } from './entra-model.ts'
import type { Notes } from './notes.ts'
import type { Operation, Stage } from './stage.ts'

/** Watches what holds refreshes back: that it does, and that nothing else does. */
export interface BrakesWatch {
  /** A token request arrives at Entra. */
  judgeRequest(operation: Operation, tenant: string, label: string): void
  /** Its answer arrives back. */
  noteAnswer(operation: Operation, answer: Answer): void
  /** A refresh of the tenant's has come to its outcome. */
  judgeOutcome(operation: Operation, result: RefreshOutcome, tenant: string | undefined): void
  /** The tenant was to be held until then, and is held as stored. */
  held(tenant: string, until: Date, stored: Date | undefined): void
  /** A probe was taken, as of then by its own clock. */
  probed(operation: Operation, now: Date): void
  /** The breaker was opened as of then, or closed. */
  switched(operation: Operation, openedAt: Date | undefined): void
  /** Operators are told. */
  told(operation: Operation, what: AppCredentialNotice): void
  readonly isBreakerOpen: () => boolean
}

export interface BrakesWatchDependencies {
  readonly stage: Stage
  readonly notesOf: (operation: Operation) => Notes
  readonly expect: (holds: boolean, what: string) => void
}

/** A tenant that is to be left alone, known since a moment. */
interface Hold {
  readonly moment: number
  readonly until: number
  readonly why: string
}

export function brakesWatch({ stage, notesOf, expect }: BrakesWatchDependencies): BrakesWatch {
  const holds = new Map<string, readonly Hold[]>()
  const longestHolds = new Map<string, number>()
  let isBreakerOpen = false
  let noProbeBefore = 0

  const ownTime = ({ skew }: Operation) => stage.now().getTime() + skew
  const hold = (tenant: string, until: Date, why: string) => {
    const added = { moment: stage.moment(), until: until.getTime(), why }
    holds.set(tenant, [...(holds.get(tenant) ?? []), added])
  }
  /** Another clock's minute is not comparable. */
  const minuteAfter = ({ skew }: Operation, now: Date) => (skew === 0 ? now.getTime() + MINUTE : 0)

  /** I20: nobody is held back but by a hold of its own tenant. */
  const judgeHeld = ({ name }: Operation, retryAt: Date, tenant: string) => {
    const isHeld = holds.get(tenant)?.some(({ until }) => until === retryAt.getTime()) === true
    expect(isHeld, `I20 ${name} was held back, and nothing holds its tenant until then`)
  }

  return {
    judgeRequest: (operation, tenant, label) => {
      const { brakes, hasProbe, isConcurrent } = notesOf(operation)
      expect(brakes !== undefined, `I14 ${label} without a look at the brakes`)
      if (brakes === undefined || isConcurrent) return
      const applies = ({ moment, until }: Hold) =>
        moment < brakes.moment && until > ownTime(operation)
      const held = holds.get(tenant)?.find(applies)
      expect(held === undefined, `I14 ${label} while its tenant is held: ${held?.why}`)
      expect(!brakes.wasBreakerOpen || hasProbe, `I13 ${label} past an open breaker`)
    },

    noteAnswer: (operation, answer) => {
      const notes = notesOf(operation)
      notes.credential = credentialIn(answer)
      notes.tenantHold = holdIn(answer, new Date(ownTime(operation)))
    },

    judgeOutcome: (operation, result, tenant) => {
      const { tenantHold, credential, hasOpenedBreaker, isConcurrent } = notesOf(operation)
      const isTransient = result.outcome === 'transient'
      if (isTransient && tenant && result.code === 'tenant_held') {
        judgeHeld(operation, result.retryAt, tenant)
      }
      if (isConcurrent) return
      const isRejected = result.outcome === 'app_credential_rejected' && credential === 'rejected'
      expect(!isRejected || hasOpenedBreaker, 'I13 a rejection opened no breaker')
      if (!isTransient || tenantHold === undefined) return
      if (tenant) hold(tenant, tenantHold, `Entra said so to ${operation.name}`)
      const isTooSoon = result.retryAt < tenantHold
      expect(!isTooSoon, `I14 ${operation.name} wants to try again before Entra wants it to`)
    },

    held: (tenant, until, stored) => {
      const longest = Math.max(longestHolds.get(tenant) ?? 0, until.getTime())
      longestHolds.set(tenant, longest)
      const isShortened = stored === undefined || stored.getTime() < longest
      expect(!isShortened, `I14 the hold of ${tenant} was shortened to ${stored?.toISOString()}`)
      hold(tenant, until, 'the store says so')
    },

    probed: (operation, now) => {
      const isEarly = operation.skew === 0 && now.getTime() < noProbeBefore
      expect(!isEarly, `I13 ${operation.name} probes within a minute of the last one`)
      noProbeBefore = minuteAfter(operation, now)
      notesOf(operation).hasProbe = true
    },

    switched: (operation, openedAt) => {
      const isOpen = openedAt !== undefined
      const label = `I13 ${operation.name} ${isOpen ? 'opened' : 'closed'} the breaker`
      expect(isOpen !== isBreakerOpen, `${label}, which it was already`)
      isBreakerOpen = isOpen
      noProbeBefore = openedAt ? minuteAfter(operation, openedAt) : 0
      const { credential, isConcurrent, untold } = notesOf(operation)
      untold.add(isOpen ? 'app_credential_rejected' : 'app_credential_restored')
      if (isConcurrent) return
      const expected = isOpen ? 'rejected' : 'accepted'
      expect(credential === expected, `${label}, and the credential was ${credential}`)
    },

    told: (operation, what) => {
      const isNew = notesOf(operation).untold.delete(what)
      expect(isNew, `I13 ${operation.name} told of ${what}, which it did not bring about`)
    },

    isBreakerOpen: () => isBreakerOpen,
  }
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
