import type { Timing } from './timing.ts'

/** An access token of a connection. */
export interface AccessToken {
  readonly accessToken: string
  /** By this machine's clock, even where that is wrong. */
  readonly expiresAt: Date
  /** The one environment that it is for, `https://contoso.crm4.dynamics.com`. */
  readonly resource: string
}

/** A token, with when it was asked for. */
export interface HeldToken {
  readonly token: AccessToken
  readonly from: number
}

/** Tokens in memory. */
export interface HeldTokens {
  /** The token, if it is good for so many seconds more. */
  find(key: string, minValidity: number): AccessToken | undefined
  keep(key: string, entry: HeldToken): void
  drop(key: string): void
}

/** About three megabytes; of more connections the longest unused are asked for again. */
const MOST_HELD = 1000

export function heldTokens(timing: Timing): HeldTokens {
  const held = new Map<string, HeldToken>()
  const keep = (key: string, entry: HeldToken): void => {
    held.delete(key)
    held.set(key, entry)
    const [longestUnused] = held.keys()
    if (held.size > MOST_HELD && longestUnused !== undefined) held.delete(longestUnused)
  }
  return {
    find: (key, minValidity) => {
      const entry = held.get(key)
      if (entry === undefined || !isGood(entry, minValidity, timing.now())) return undefined
      keep(key, entry)
      return entry.token
    },
    keep,
    drop: (key) => {
      held.delete(key)
    },
  }
}

function isGood({ token, from }: HeldToken, minValidity: number, now: number): boolean {
  // Before it was asked for: the clock was set back, and says nothing of its age any more.
  return now >= from && token.expiresAt.getTime() - now >= minValidity * 1000
}
