import type { SignedInVisit } from '../visit.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import type { ConnectionAction } from './paths.ts'

/** Writes down that somebody did something with a connection. */
export function logAction(
  { log }: Pick<ConnectionsDependencies, 'log'>,
  { http }: SignedInVisit,
  action: { readonly reason: 'create' | ConnectionAction; readonly connectionId: number },
): void {
  const { requestId } = http.requestContext
  log.event('console_action', { requestId, ...action })
}
