import type { Connection, ConnectionStatus } from './connection.ts'
import type { Reason } from './reason.ts'

/** What of a stored connection makes its state, and whose it is. */
export type ConnectionState = Pick<Connection, 'id' | 'accountId' | 'status' | 'reason'>

/** The app credential is not accepted, as long as this is stored. */
export interface RejectedAppCredential {
  readonly code: string
}

/** What was stored before a write and after it; `undefined` is nothing. */
interface BeforeAndAfter<T> {
  readonly before: T | undefined
  readonly after: T | undefined
}

/** A write that may have changed a state. */
export type StateWrite =
  | ({ readonly kind: 'connection' } & BeforeAndAfter<ConnectionState>)
  | ({ readonly kind: 'app_credential' } & BeforeAndAfter<RejectedAppCredential>)

/** What stops a connection, and calls for somebody. */
type StoppedChange = 'reauthorization_required' | 'blocked'
type WorkingChange = 'connected' | 'restored' | 'disconnected' | 'deleted'

/**
 * A change of state that somebody waits for.
 * - `connected`: somebody signed in to a connection that held no grant
 * - `reauthorization_required`: a person must sign in again
 * - `blocked`: still connected, but not renewed until somebody acts, who need not sign in for it
 * - `restored`: one of the two before has come to its end
 * - `disconnected`: its tokens were forgotten, also when it was given another environment
 * - `deleted`: it is no longer there
 */
export type StateChange =
  /** The connection as it is stored now; a deleted one as it was last. */
  | { readonly change: WorkingChange; readonly connection: ConnectionState }
  | {
      readonly change: StoppedChange
      readonly connection: ConnectionState
      readonly reason: Reason
    }
  | { readonly change: 'app_credential_rejected'; readonly code: string }
  | { readonly change: 'app_credential_restored' }

/** What a write changed; `undefined` when all is as before, as with every renewal of a token. */
export function stateChangeOf(write: StateWrite): StateChange | undefined {
  return write.kind === 'connection' ? changeOfConnection(write) : changeOfAppCredential(write)
}

function changeOfAppCredential({
  before,
  after,
}: BeforeAndAfter<RejectedAppCredential>): StateChange | undefined {
  if (before === undefined && after !== undefined) {
    return { change: 'app_credential_rejected', code: after.code }
  }
  const isOver = before !== undefined && after === undefined
  return isOver ? { change: 'app_credential_restored' } : undefined
}

function changeOfConnection({
  before,
  after,
}: BeforeAndAfter<ConnectionState>): StateChange | undefined {
  if (after === undefined) return before && { change: 'deleted', connection: before }
  const was = before ?? NEW
  if (after.reason !== undefined) return stopped(was, after, after.reason)
  const change = workingChangeOf(was, after.status)
  return change && { change, connection: after }
}

type Standing = Pick<ConnectionState, 'status' | 'reason'>

/** As every connection begins. */
const NEW: Standing = { status: 'pending', reason: undefined }

function stopped(was: Standing, is: ConnectionState, reason: Reason): StateChange | undefined {
  if (is.status === was.status && isSame(reason, was.reason)) return undefined
  // Somebody can help a connected one without signing in.
  const change = is.status === 'connected' ? 'blocked' : 'reauthorization_required'
  return { change, connection: is, reason }
}

function workingChangeOf(was: Standing, status: ConnectionStatus): WorkingChange | undefined {
  switch (status) {
    case 'connected': {
      if (was.reason !== undefined) return 'restored'
      return was.status === 'connected' ? undefined : 'connected'
    }
    case 'disconnected':
      return was.status === 'disconnected' ? undefined : 'disconnected'
    case 'pending': {
      const heldGrant = was.status === 'connected' || was.status === 'reauthorization_required'
      return heldGrant ? 'disconnected' : undefined
    }
    case 'reauthorization_required':
      // Never without a reason.
      return undefined
  }
}

/** The same trouble told again, at another time. */
function isSame(one: Reason, other: Reason | undefined): boolean {
  return one.code === other?.code && one.who === other.who && one.situation === other.situation
}
