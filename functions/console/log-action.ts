import type { EventLog } from '../logger.ts'
import type { SignedInVisit } from './visit.ts'

/** What somebody did in the console; no name is in it. */
interface Action {
  readonly reason: string
  readonly connectionId?: number
  /** What became of it, where that is not told elsewhere. */
  readonly outcome?: string
}

/** Writes down that somebody did something. */
export function logAction(
  { log }: { readonly log: EventLog },
  { http }: SignedInVisit,
  action: Action,
): void {
  log.event('console_action', { requestId: http.requestContext.requestId, ...action })
}
