import type { ConnectionStatus } from './connection.ts'
import { EVERY_WHO, type Reason, type Who } from './reason.ts'

/** What connections are filtered by: how one is, or who must act where somebody must. */
export type ConnectionGroup = 'pending' | 'connected' | 'disconnected' | Who

/** Every group; each connection is in exactly one. */
export const CONNECTION_GROUPS = [
  'pending',
  'connected',
  'disconnected',
  ...EVERY_WHO,
] as const satisfies readonly ConnectionGroup[]

/** What the group of a connection depends on. */
export interface Standing {
  readonly status: ConnectionStatus
  readonly reason: Pick<Reason, 'who'> | undefined
}

/** The group of a connection; where a sign-in is needed and nobody is named, it is the user's turn. */
export function groupOf({ status, reason }: Standing): ConnectionGroup {
  switch (status) {
    case 'pending':
    case 'disconnected':
      return status
    case 'connected':
      return reason?.who ?? 'connected'
    case 'reauthorization_required':
      return reason?.who ?? 'user'
  }
}

/** Whether the connection is in one of these groups; every one is where none is named. */
export function isInGroups(groups: readonly ConnectionGroup[], standing: Standing): boolean {
  return groups.length === 0 || groups.includes(groupOf(standing))
}
