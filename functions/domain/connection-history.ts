import type { StateEvent } from './event-publisher.ts'
import type { Reason } from './reason.ts'
import type { StateChange } from './state-change.ts'

/** What may become of the app credential. */
export type AppCredentialChange = Extract<
  StateChange['change'],
  'app_credential_rejected' | 'app_credential_restored'
>

/** What may become of a connection. */
export type ConnectionChange = Exclude<StateChange['change'], AppCredentialChange>

/** When something happened, by the names that it was published under. */
interface Past {
  readonly id: string
  readonly sequence: string
  readonly at: Date
}

/** What became of a connection. */
export interface PastEvent extends Past {
  readonly change: ConnectionChange
  /** Why somebody had to act; only with `blocked` and `reauthorization_required`. */
  readonly reason: Pick<Reason, 'code' | 'who' | 'situation'> | undefined
}

/** What became of the app credential. */
export interface PastAppEvent extends Past {
  readonly change: AppCredentialChange
  /** Microsoft's code; only with `app_credential_rejected`. */
  readonly code: string | undefined
}

/** As many events as are kept of one connection, and of the app credential. */
export const KEPT_EVENTS = 50

/** For how long they are kept after the last of them: more than a year, to compare with. */
export const KEPT_MS = 400 * 24 * 60 * 60 * 1000

/** What became of each connection, also of one that is no longer there, and of the app credential. */
export interface ConnectionHistory {
  /**
   * Keeps the newest {@link KEPT_EVENTS} of each connection. To keep one again changes nothing; when it
   * throws, some of them may be kept.
   * @throws ServiceError `store_unavailable`
   */
  keep(events: readonly StateEvent[]): Promise<void>
  /** The newest first. @throws ServiceError `store_unavailable`, `item_malformed` */
  read(connectionId: number): Promise<readonly PastEvent[]>
  /** As `read`, of the app credential. */
  readApp(): Promise<readonly PastAppEvent[]>
}

/**
 * Orders events, the newest first: by their times, since the sequence of a restored table begins anew,
 * and within a second by their sequence.
 */
export function newestFirst(one: Pick<Past, 'at' | 'sequence'>, other: typeof one): number {
  const [first, second] = [BigInt(one.sequence), BigInt(other.sequence)]
  return other.at.getTime() - one.at.getTime() || (second > first ? 1 : second < first ? -1 : 0)
}
