import type { StateEvent } from '../domain/event-publisher.ts'
import type { Reason } from '../domain/reason.ts'
import type { StateChange } from '../domain/state-change.ts'

/** Who publishes, for the patterns of rules. */
export const EVENT_SOURCE = 'dynamics-connect'

/** The version of what is inside `detail`; see functions/events/schema. */
const DETAIL_VERSION = '1'

/** As many digits as a sequence number can have, so that texts compare as the numbers do. */
const SEQUENCE_DIGITS = 40

/** What each change is called on the bus. */
export const DETAIL_TYPES = {
  connected: 'Connection Connected',
  reauthorization_required: 'Connection Reauthorization Required',
  blocked: 'Connection Blocked',
  restored: 'Connection Restored',
  disconnected: 'Connection Disconnected',
  deleted: 'Connection Deleted',
  app_credential_rejected: 'App Credential Rejected',
  app_credential_restored: 'App Credential Restored',
} as const satisfies Record<StateChange['change'], string>

/** An event as it goes over the wire. Every member is named here: whatever else is stored stays there. */
export interface StateEventJson {
  readonly detailType: string
  readonly detail: string
}

export function stateEventJson({ id, sequence, at, what }: StateEvent): StateEventJson {
  const detail = {
    version: DETAIL_VERSION,
    id,
    sequence: sequence.padStart(SEQUENCE_DIGITS, '0'),
    at: at.toISOString(),
    ...membersOf(what),
  }
  return { detailType: DETAIL_TYPES[what.change], detail: JSON.stringify(detail) }
}

function membersOf(what: StateChange): Readonly<Record<string, unknown>> {
  switch (what.change) {
    case 'app_credential_rejected':
      return { status: 'rejected', code: what.code }
    case 'app_credential_restored':
      return { status: 'accepted' }
    case 'reauthorization_required':
    case 'blocked':
      return { ...ofConnection(what), reason: reasonMembers(what.reason) }
    case 'connected':
    case 'restored':
    case 'disconnected':
    case 'deleted':
      return ofConnection(what)
  }
}

function ofConnection({ change, connection }: Extract<StateChange, { connection: unknown }>) {
  return {
    account: connection.accountId,
    connectionId: connection.id,
    status: change === 'deleted' ? 'deleted' : connection.status,
  }
}

function reasonMembers({ code, who, situation }: Reason) {
  return { code, who, situation }
}
