import { MINUTE, SECOND } from '../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../fakes/memory-app-credentials.ts'
import type { Slot, System } from './system.ts'

/** Longer than the longest wait before a retry, with its jitter and Retry-After. */
const ROUND_MS = 75 * MINUTE
/** One to find everything due, one for what the first had to put off, and one to spare. */
const ROUNDS = 3

/** Mends everything that was broken, and lets what is under way end. */
export async function mend(system: System): Promise<void> {
  const { entra, secrets, storeFaults, corrupted, stage } = system
  entra.faults.length = 0
  entra.blockedTenants.clear()
  entra.tenantsWithoutApp.clear()
  secrets.storeClientSecret(APP_CREDENTIAL.clientSecret)
  entra.acceptedSecrets.add(APP_CREDENTIAL.clientSecret)
  secrets.putKeysBack()
  secrets.failNext(0)
  Object.assign(storeFaults, { calls: 0, until: 0 })
  storeFaults.writes.length = 0
  corrupted.clear()
  stage.note('— everything is mended')
  await stage.settle()
}

/**
 * I9: nothing needs anybody. Time passes and sweeps run; then every connection whose grant is alive is
 * connected and serves a token, and one whose grant has ended says so.
 */
export async function conclude(system: System): Promise<void> {
  const { stage, slots } = system
  stage.direct(true)
  for (let round = 0; round < ROUNDS; round += 1) {
    stage.advance(ROUND_MS + SECOND)
    await system.sweep({ shards: 64, concurrency: 1, ahead: 0, endsAfterMs: MINUTE }, 0).done
  }
  for (const slot of slots) {
    const status = system.stored(slot)?.status
    if (status === 'connected') await concludeConnected(system, slot)
    if (status === 'reauthorization_required') await concludeEnded(system, slot)
  }
}

async function concludeConnected(system: System, slot: Slot): Promise<void> {
  const { watch, entra, stage } = system
  const { connectionId } = slot
  const name = watch.name(connectionId)
  const refreshToken = (await watch.refreshToken(connectionId)) ?? ''
  const isAlive = entra.isRedeemable(refreshToken)
  const before = system.stored(slot)
  watch.expect(
    !isAlive || (before?.failure === undefined && before?.reason === undefined),
    `I9 ${name} still has a failure: ${before?.failure?.code}`,
  )
  const served = await system.token(slot, { minValidityMs: 5 * MINUTE, forceRefresh: false }, 0)
    .done
  // A token that keeps its connection hot has asked for a refresh without waiting for it.
  await Promise.allSettled(stage.running().map(({ done }) => done))
  const isServed = isOutcome(served, 'served')
  watch.expect(isServed || !isAlive, `I9 ${name} serves no token though its grant is alive`)
  stage.advance(2 * MINUTE)
  const refreshed = await system.refresh(slot, 'now', 0).done
  const expected = isAlive ? 'refreshed' : 'reauthorization_required'
  const wasEnded = system.stored(slot)?.status === 'reauthorization_required'
  const isAsExpected = isOutcome(refreshed, expected) || (!isAlive && wasEnded)
  watch.expect(isAsExpected, `I9 ${name} should be ${expected} by a refresh now`)
  const isResealed =
    !isOutcome(refreshed, 'refreshed') || (await watch.isSealedWithActiveKeys(connectionId))
  watch.expect(
    isResealed,
    `${name} was refreshed, and is sealed with a key that is not the active one`,
  )
  const isStuck = isOutcome(refreshed, 'refreshed') && watch.isBreakerOpen()
  watch.expect(!isStuck, 'I9 the breaker is open though the credential was accepted')
}

/** A person can always mend it. */
async function concludeEnded(system: System, slot: Slot): Promise<void> {
  const { watch } = system
  const signedIn = await system.signIn(slot, 0)
  await signedIn?.done
  const name = watch.name(slot.connectionId)
  const status = system.stored(slot)?.status
  watch.expect(status === 'connected', `I9 ${name} is ${status} after a new sign-in`)
}

function isOutcome(answer: unknown, outcome: string): boolean {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'outcome' in answer &&
    answer.outcome === outcome
  )
}
