import type { Connection } from '../../functions/domain/connection.ts'
import type { RefreshRequest } from '../../functions/domain/refresh-connection.ts'
import type { AppCredentialNotice } from '../../functions/domain/refresh-dependencies.ts'
import type { SweptOutcome } from '../../functions/domain/sweep-shard.ts'
import type { Operation } from './stage.ts'

/** What one operation has seen and done so far. */
export interface Notes {
  /** What its invoker wants refreshed, where it refreshes. */
  wanted: RefreshRequest['when'] | undefined
  /** Several refreshes at a time: then what follows cannot be told apart by refresh. */
  isConcurrent: boolean
  /** What it read last of each connection. */
  readonly reads: Map<number, Connection | undefined>
  /** When it read last: by the true time, and by its own clock. */
  readAt: { readonly trueTime: number; readonly ownTime: number }
  /** The generations that it holds a claim on, by `id#generation`, and since when. */
  readonly claims: Map<string, number>
  /** The client secrets that it sent under each claim. */
  readonly sent: Map<string, readonly string[]>
  /** Its last look at the brakes. */
  brakes: { readonly moment: number; readonly wasBreakerOpen: boolean } | undefined
  /** It took a probe since that look. */
  hasProbe: boolean
  /** What Entra made of the credential of its last request. */
  credential: 'accepted' | 'rejected' | 'not_looked_at' | undefined
  hasOpenedBreaker: boolean
  /** What it brought about and has not told operators. */
  readonly untold: Set<AppCredentialNotice>
  /** Until when the tenant of its last request has to be left alone. */
  tenantHold: Date | undefined
  /** What was issued to it and is not stored, by `id#generation`: how often it has tried to. */
  readonly unstored: Map<string, number>
  /** The refresh tokens that Entra refused to it for good. */
  readonly refusedTokens: Set<string>
  /** The connections that it took off the schedule since their grant has ended. */
  readonly endedGrants: Set<number>
  /** How often it found the store down. */
  storeFaults: number
  /** How often it tried to store a sign-in, and whether it did. */
  connects: number
  hasConnected: boolean
  /** What a sweep found in the due index, and what became of each. */
  readonly listed: Set<number>
  readonly tried: Map<number, SweptOutcome>
  readonly setAside: Set<number>
}

export function notebook(): (operation: Operation) => Notes {
  const notes = new WeakMap<Operation, Notes>()
  return (operation) => {
    const known = notes.get(operation) ?? emptyNotes()
    notes.set(operation, known)
    return known
  }
}

function emptyNotes(): Notes {
  return {
    wanted: undefined,
    isConcurrent: false,
    reads: new Map(),
    readAt: { trueTime: 0, ownTime: 0 },
    claims: new Map(),
    sent: new Map(),
    brakes: undefined,
    hasProbe: false,
    credential: undefined,
    hasOpenedBreaker: false,
    untold: new Set(),
    tenantHold: undefined,
    unstored: new Map(),
    refusedTokens: new Set(),
    endedGrants: new Set(),
    storeFaults: 0,
    connects: 0,
    hasConnected: false,
    listed: new Set(),
    tried: new Map(),
    setAside: new Set(),
  }
}
