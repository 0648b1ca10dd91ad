import type { DoorDependencies } from '../dependencies.ts'
import type { SignedInVisit } from '../visit.ts'

/** One line for each thing that was done, and no name in it. */
export function logged({ log }: DoorDependencies, { http }: SignedInVisit, reason: string): void {
  log.event('console_action', { requestId: http.requestContext.requestId, reason })
}
