import fc from 'fast-check'
import { DAY, HOUR, MINUTE, SECOND } from '../fakes/hand-clock.ts'
import type { Fault } from './entra-model.ts'
import type { WriteFault } from './store-faults.ts'
import type { FunctionName, Management, Slot, System } from './system.ts'
import { LARGEST_SKEW_MS } from './watch.ts'

type Command = fc.AsyncCommand<object, System>
type Run = (system: System) => unknown

/** A command: does its part, then lets some of what is under way happen. */
function command(name: string, steps: number, run: Run): Command {
  return {
    check: () => true,
    run: async (_, system) => {
      system.stage.note(`— ${name}`)
      await run(system)
      await system.stage.step(steps)
      throwIfViolated(system)
    },
    toString: () => (steps === 0 ? name : `${name} (${steps} steps)`),
  }
}

/** @throws Error with what was violated first. */
export function throwIfViolated({ watch }: System): void {
  const [first] = watch.violations
  if (first !== undefined) throw new Error(first)
}

const slotOf = ({ slots }: System, index: number): Slot => {
  const slot = slots[index]
  if (slot === undefined) throw new Error(`there is no slot ${index}`)
  return slot
}

const SLOT = fc.constantFrom(0, 1, 2)
const TENANT = fc.constantFrom(0, 2)
/** Mostly few, so that much is under way at the same time; sometimes to the end. */
const STEPS = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 9 }) },
  { weight: 2, arbitrary: fc.constant(200) },
)
const SKEW = fc.oneof(
  { weight: 9, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-LARGEST_SKEW_MS, LARGEST_SKEW_MS) },
)

const refresh = fc
  .tuple(SLOT, fc.constantFrom('now', 'due', 'generation'), SKEW, STEPS)
  .map(([index, when, skew, steps]) =>
    command(`refresh c${index} (${when})`, steps, (system) => {
      const slot = slotOf(system, index)
      const generation = system.stored(slot)?.generation ?? 0
      system.refresh(slot, when === 'generation' ? generation : (when as 'now' | 'due'), skew)
    }),
  )

const sweep = fc
  .record({
    shards: fc.constantFrom(64, 32),
    concurrency: fc.constantFrom(1, 1, 1, 3),
    ahead: fc.constantFrom(0, 0, 0, 2),
    endsAfterMs: fc.constantFrom(MINUTE, 30 * SECOND),
    skew: SKEW,
    steps: STEPS,
  })
  .map(({ skew, steps, ...options }) =>
    command(
      `sweep of 1/${options.shards}, ${options.concurrency} at a time, ${options.ahead} ahead`,
      steps,
      (system) => system.sweep(options, skew),
    ),
  )

const token = fc
  .record({
    index: SLOT,
    minValidityMs: fc.constantFrom(0, 5 * MINUTE, 50 * MINUTE),
    forceRefresh: fc.constantFrom(false, false, true),
    skew: SKEW,
    steps: STEPS,
  })
  .map(({ index, skew, steps, ...wanted }) =>
    command(`ask for the token of c${index}`, steps, (system) =>
      system.token(slotOf(system, index), wanted, skew),
    ),
  )

const signIn = fc
  .tuple(SLOT, SKEW, STEPS)
  .map(([index, skew, steps]) =>
    command(`sign in to c${index}`, steps, (system) => system.signIn(slotOf(system, index), skew)),
  )

const manage = fc
  .tuple(SLOT, fc.constantFrom<Management>('disconnect', 'remove', 'change the environment'), STEPS)
  .map(([index, what, steps]) =>
    command(`${what} of c${index}`, steps, (system) => {
      const slot = slotOf(system, index)
      return system.stored(slot) === undefined ? system.recreate(slot) : system.manage(slot, what)
    }),
  )

/** All at the same time, as after an outage. */
const crowd = STEPS.map((steps) =>
  command('refresh all (now)', steps, (system) => {
    for (const slot of system.slots) system.refresh(slot, 'now', 0)
  }),
)

/** What comes between the steps of a refresh, which else meets little. */
const MEANWHILE = fc.constantFrom<Management | 'sign in' | 'end the grant and sign in'>(
  ...(['disconnect', 'remove', 'change the environment'] as const),
  ...(['sign in', 'end the grant and sign in'] as const),
)
const meanwhile = fc
  .tuple(SLOT, fc.nat({ max: 9 }), MEANWHILE, STEPS)
  .map(([index, before, what, steps]) =>
    command(`refresh c${index} (now), ${before} steps, ${what}`, steps, async (system) => {
      const slot = slotOf(system, index)
      if (system.stored(slot) === undefined) return
      system.refresh(slot, 'now', 0)
      await system.stage.step(before)
      if (what === 'end the grant and sign in') system.entra.endGrants(slot.objectId)
      if (what.endsWith('sign in')) await system.signIn(slot, 0)
      else system.manage(slot, what as Management)
    }),
  )

const FAULT = fc.constantFrom<Fault>(
  { kind: 'throttled', retryAfterSeconds: 5 },
  { kind: 'throttled', retryAfterSeconds: 300 },
  { kind: 'throttled', retryAfterSeconds: 7 * 24 * 3600 },
  { kind: 'throttled', retryAfterSeconds: undefined },
  { kind: 'server_error' },
  { kind: 'request_lost' },
  { kind: 'answer_lost' },
  { kind: 'answer_malformed' },
  { kind: 'loop_throttled' },
  { kind: 'blocked' },
  { kind: 'refresh_token_omitted' },
  { kind: 'short_lived' },
)
const entraFault = fc.array(FAULT, { minLength: 1, maxLength: 3 }).map((faults) =>
  command(`Entra: ${faults.map(({ kind }) => kind).join(', ')}`, 0, ({ entra }) => {
    entra.faults.push(...faults)
  }),
)

const tenantFault = fc
  .tuple(
    TENANT,
    fc.constantFrom('blockedTenants', 'tenantsWithoutApp'),
    fc.constantFrom(true, false, false),
  )
  .map(([index, which, isOn]) =>
    command(`Entra: ${which} ${isOn ? '+' : '-'} that of c${index}`, 0, (system) => {
      const { tenant } = slotOf(system, index)
      const tenants = system.entra[which as 'blockedTenants' | 'tenantsWithoutApp']
      if (isOn) tenants.add(tenant)
      else tenants.delete(tenant)
    }),
  )

const endGrant = SLOT.map((index) =>
  command(`Entra: the grant of c${index} ends`, 0, (system) =>
    system.entra.endGrants(slotOf(system, index).objectId),
  ),
)

/** The steps of a rotation, in any order, right ones and wrong ones. */
const clientSecret = fc
  .tuple(
    fc.constantFrom('accept', 'store', 'store and accept', 'accept no other', 'set right'),
    fc.constantFrom('s2', 's3', 's2', 's3', 'wrong'),
  )
  .map(([what, secret]) =>
    command(`client secret ${secret}: ${what}`, 0, ({ entra, secrets }) => {
      const isAccepted = what.includes('accept') && secret !== 'wrong'
      if (what === 'accept no other') entra.acceptedSecrets.clear()
      if (isAccepted) entra.acceptedSecrets.add(secret)
      if (what.includes('store')) secrets.storeClientSecret(secret)
      if (what === 'set right') entra.acceptedSecrets.add(secrets.currentClientSecret())
    }),
  )

const keyring = fc
  .tuple(fc.constantFrom('access', 'refresh'), fc.constantFrom('rotate', 'drop', 'put back'))
  .map(([which, what]) =>
    command(`${which} keyring: ${what}`, 0, ({ secrets }) => {
      const name = which as 'access' | 'refresh'
      if (what !== 'put back') secrets.rotate(name)
      if (what === 'drop') secrets.dropOldKeys(name)
      if (what === 'put back') secrets.putKeysBack()
    }),
  )

/** One function knows the new key and seals with it, while the others still know the old ones. */
const rotation = fc
  .tuple(
    fc.constantFrom<'access' | 'refresh'>('access', 'refresh'),
    fc.constantFrom<FunctionName>('refresh', 'callback'),
    SLOT,
    STEPS,
  )
  .map(([which, anew, index, steps]) =>
    command(`${which} keyring: rotate, ${anew} anew for c${index}`, steps, async (system) => {
      system.secrets.rotate(which)
      system.functions[anew].startAnew()
      const slot = slotOf(system, index)
      if (anew === 'refresh') system.refresh(slot, 'now', 0)
      else await system.signIn(slot, 0)
    }),
  )

const corrupt = fc.tuple(SLOT, fc.constantFrom(true, false, false)).map(([index, isCorrupt]) =>
  command(
    `the item of c${index} is ${isCorrupt ? 'of a later version' : 'readable'}`,
    0,
    (system) => {
      const { connectionId } = slotOf(system, index)
      if (isCorrupt) system.corrupted.add(connectionId)
      else system.corrupted.delete(connectionId)
    },
  ),
)

const storeFault = fc
  .oneof(
    fc.constantFrom(1, 2, 4, 6).map((calls) => ({ calls })),
    fc.constantFrom(50, SECOND).map((ms) => ({ ms })),
    fc.constantFrom<WriteFault>('answer_lost', 'repeated').map((write) => ({ write })),
  )
  .map((fault) =>
    command(`store: ${fc.stringify(fault)}`, 0, ({ storeFaults, stage }) => {
      if ('calls' in fault) storeFaults.calls = fault.calls
      if ('ms' in fault) storeFaults.until = stage.now().getTime() + fault.ms
      if ('write' in fault) storeFaults.writes.push(fault.write)
    }),
  )

const secretsFault = fc
  .integer({ min: 1, max: 3 })
  .map((reads) =>
    command(`secrets: the next ${reads} reads fail`, 0, ({ secrets }) => secrets.failNext(reads)),
  )

const crash = fc.nat({ max: 9 }).map((n) =>
  command(`crash ${n}`, 0, ({ stage }) => {
    const running = stage.running()
    const operation = running[n % Math.max(running.length, 1)]
    if (operation) stage.crash(operation)
  }),
)

const time = fc
  .constantFrom(
    ...[SECOND, 15 * SECOND, 21 * SECOND, 31 * SECOND, 61 * SECOND, 61 * SECOND, 6 * MINUTE],
    ...[16 * MINUTE, 55 * MINUTE, 55 * MINUTE, 75 * MINUTE, 75 * MINUTE, DAY, 8 * DAY],
  )
  .chain((ms) =>
    STEPS.map((steps) =>
      command(`${nameOfTime(ms)} pass`, steps, ({ stage }) => stage.advance(ms)),
    ),
  )

const go = fc.integer({ min: 1, max: 20 }).map((steps) => command('go on', steps, () => undefined))

function nameOfTime(ms: number): string {
  if (ms >= DAY) return `${ms / DAY} days`
  if (ms >= HOUR) return `${ms / MINUTE} minutes`
  return ms >= 2 * MINUTE ? `${ms / MINUTE} minutes` : `${ms / SECOND} seconds`
}

/** Histories of so many commands at most. */
export function histories(longest: number, replayPath: string | undefined) {
  const usual = [
    ...[refresh, refresh, refresh, refresh, sweep, sweep, sweep, sweep],
    ...[crowd, token, token, token, signIn, signIn, manage, meanwhile, meanwhile, meanwhile],
  ]
  const passing = [time, time, time, time, time, go, go, go, crash, crash]
  const trouble = [
    ...[entraFault, entraFault, entraFault, tenantFault, endGrant, clientSecret, clientSecret],
    ...[keyring, rotation, corrupt, storeFault, storeFault, secretsFault],
  ]
  return fc.commands([...usual, ...passing, ...trouble], {
    maxCommands: longest,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  })
}
