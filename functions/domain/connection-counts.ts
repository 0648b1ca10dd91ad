import type { ConnectionStatus } from './connection.ts'
import type { Reason } from './reason.ts'

/** What somebody has to do, by its reason. */
type Need = Pick<Reason, 'code' | 'who' | 'situation'>

/** How many connections wait for the same somebody for the same reason. */
export interface Waiting extends Need {
  readonly connections: number
}

/** Every connection once, under its status; and those that wait for somebody, under their reason. */
export interface Census {
  readonly counts: Readonly<Record<ConnectionStatus, number>>
  /** The most first, at most {@link LONGEST_LIST} of them. */
  readonly waiting: readonly Waiting[]
}

/**
 * How many connections there are, a moment ago; reads a few bytes of each.
 * @throws ServiceError `store_unavailable`.
 */
export type CountConnections = () => Promise<Census>

/** More reasons than an operator reads; each takes some hundred bytes where the census is kept. */
export const LONGEST_LIST = 100

/** Adds up who waits for whom, one connection after the other. */
export function waitingTally(): {
  readonly add: (need: Need) => void
  readonly sum: () => readonly Waiting[]
} {
  const found = new Map<string, Waiting>()
  return {
    add: ({ code, who, situation }) => {
      const key = JSON.stringify([who, code, situation])
      const connections = (found.get(key)?.connections ?? 0) + 1
      found.set(key, { code, who, situation, connections })
    },
    sum: () =>
      [...found.values()]
        .toSorted((one, other) => other.connections - one.connections)
        .slice(0, LONGEST_LIST),
  }
}
