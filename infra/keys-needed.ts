import { replacedAt, type StoredKeyring } from '../functions/domain/stored-keyring.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** How far back the table of connections can be restored. */
const RESTORABLE_DAYS = 35

/**
 * How long the table may hold what a key sealed after it was replaced. An idle connection is sealed anew
 * within 7 days; a rotation that had to be tried again is marked before it takes effect; the rest is margin.
 */
const SEALED_ANEW_DAYS = 10

const NEEDED_DAYS = RESTORABLE_DAYS + SEALED_ANEW_DAYS

const LOSS = 'a restore of the connections to when it was in use would be worth nothing without it'

/** What to write to drop a key in spite of it. */
const ALL_THE_SAME = 'to drop it all the same, add --lose-restores'

/** Why a key that nothing is sealed with should stay; `undefined` when it need not. */
export function lossOfDropping(
  keyring: StoredKeyring,
  keyId: string,
  now: Date,
): string | undefined {
  const replaced = replacedAt(keyring, keyId)
  if (replaced === undefined) {
    return `it is not known when ${keyId} was replaced, and ${LOSS}: if that was more than ${NEEDED_DAYS} days ago, or ${ALL_THE_SAME}`
  }
  const until = neededUntil(replaced)
  if (until <= now) return undefined
  return `${keyId} was replaced on ${dayOf(replaced)}, and ${LOSS}: keep it until ${dayOf(until)}; ${ALL_THE_SAME}`
}

/** The same for a report, to follow the word "unused". */
export function stillNeeded(keyring: StoredKeyring, keyId: string, now: Date): string {
  const replaced = replacedAt(keyring, keyId)
  if (replaced === undefined) {
    return `; a restore may need it until ${NEEDED_DAYS} days after it was replaced, which is not known`
  }
  const until = neededUntil(replaced)
  return until <= now ? ': safe to drop' : `; a restore may need it until ${dayOf(until)}`
}

function neededUntil(replaced: Date): Date {
  return new Date(replaced.getTime() + NEEDED_DAYS * DAY_MS)
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
