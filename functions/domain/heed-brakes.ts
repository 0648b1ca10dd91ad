import { reasonFor } from './guidance.ts'
import {
  type AppBreaker,
  type Brakes,
  PROBE_INTERVAL_MS,
  type RefreshBrakes,
  TENANT_HOLD_MS,
} from './refresh-brakes.ts'
import type { RefreshDependencies } from './refresh-dependencies.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { boundedRetryAfter } from './refresh-schedule.ts'
import { meaningOf } from './refusal.ts'
import type { Refusal, TokenEndpointFailure } from './token-endpoint.ts'

export interface BrakeDependencies extends Pick<RefreshDependencies, 'notice' | 'now'> {
  readonly refreshBrakes: RefreshBrakes
}

type AppRejected = Extract<RefreshOutcome, { outcome: 'app_credential_rejected' }>

/** Why Microsoft is not asked now. */
export type HeldBack = Extract<RefreshOutcome, { outcome: 'transient' }> | AppRejected

/** Why a refresh token is not to be redeemed now, or `undefined`; takes the probe of a breaker that is open. */
export async function heldBack(
  deps: BrakeDependencies,
  { tenantHeldUntil, appBreaker }: Brakes,
): Promise<HeldBack | undefined> {
  const now = deps.now()
  if (tenantHeldUntil && tenantHeldUntil > now) {
    return { outcome: 'transient', code: 'tenant_held', retryAt: tenantHeldUntil }
  }
  if (appBreaker === undefined || (await deps.refreshBrakes.takeProbe(now))) return undefined
  const { code, nextProbeAt: retryAt } = appBreaker
  return { outcome: 'app_credential_rejected', code, retryAt }
}

/**
 * Leaves a tenant alone for a while: the other connections of it would only meet the same.
 * @returns until when
 */
export async function holdTenant(
  deps: BrakeDependencies,
  tenantId: string,
  retryAfter: Date | undefined,
): Promise<Date> {
  const until = inAWhile(deps, retryAfter)
  await deps.refreshBrakes.holdTenant(tenantId, until)
  return until
}

/** When to ask again: in half a minute, or when Microsoft says to come back. */
export function inAWhile(deps: Pick<BrakeDependencies, 'now'>, retryAfter: Date | undefined): Date {
  const now = deps.now()
  const soonest = now.getTime() + TENANT_HOLD_MS
  return new Date(Math.max(soonest, boundedRetryAfter(now, retryAfter).getTime()))
}

/** Microsoft does not accept the app credential: nobody asks it anything but one probe a minute. */
export async function openAppBreaker(
  deps: BrakeDependencies,
  refusal: Refusal,
): Promise<AppRejected> {
  const now = deps.now()
  const { code } = reasonFor(refusal, now)
  const hasOpened = await deps.refreshBrakes.openAppBreaker(code, now)
  if (hasOpened) deps.notice('app_credential_rejected', code)
  const retryAt = new Date(now.getTime() + PROBE_INTERVAL_MS)
  return { outcome: 'app_credential_rejected', code, retryAt }
}

/** Closes the breaker that this redemption probed, if its answer shows that the app credential is accepted. */
export async function concludeProbe(
  deps: BrakeDependencies,
  probed: AppBreaker | undefined,
  answer: { readonly outcome: 'issued' } | TokenEndpointFailure,
): Promise<void> {
  if (probed === undefined || !isCredentialAccepted(answer)) return
  const hasClosed = await deps.refreshBrakes.closeAppBreaker()
  if (hasClosed) deps.notice('app_credential_restored', probed.code)
}

/** Microsoft looks at the grant only when it has accepted the credential; `invalid_client` is no word on it. */
function isCredentialAccepted(
  answer: { readonly outcome: 'issued' } | TokenEndpointFailure,
): boolean {
  if (answer.outcome === 'issued') return true
  if (answer.outcome !== 'refused' || answer.refusal.error === 'invalid_client') return false
  const meaning = meaningOf(answer.refusal)
  return meaning === 'grant_ended' || meaning === 'blocked'
}
