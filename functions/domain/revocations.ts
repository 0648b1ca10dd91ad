import type { Clock } from './clock.ts'
import type { Connections } from './connections.ts'

/** That an account took a connection's grant back, or the whole connection. */
export interface Revocation {
  readonly connectionId: number
  readonly accountId: string
  readonly what: 'disconnected' | 'deleted'
  readonly at: Date
}

/**
 * What was revoked of late. It is kept apart from the connections, so that whoever restores them to an
 * earlier state can revoke it once more.
 */
export interface Revocations {
  /** Keeps it for longer than connections can be restored; of one connection only the latest. */
  remember(revocation: Revocation): Promise<void>
  /** In no particular order. */
  all(): AsyncIterable<Revocation>
}

/**
 * Connections whose revocations are remembered. Each is remembered before it happens: one that is
 * remembered and then fails costs a sign-in after a restore, one that is forgotten would bring a grant
 * back that nobody may use.
 */
export function rememberingConnections(
  connections: Connections,
  {
    revocations,
    now,
  }: { readonly revocations: Pick<Revocations, 'remember'>; readonly now: Clock },
): Connections {
  const remember = (
    { id, accountId }: { readonly id: number; readonly accountId: string },
    what: Revocation['what'],
  ) => revocations.remember({ connectionId: id, accountId, what, at: now() })
  return {
    ...connections,
    setResource: async (connection, resource) => {
      if (connection.resource !== resource) await remember(connection, 'disconnected')
      return connections.setResource(connection, resource)
    },
    disconnect: async (connection) => {
      await remember(connection, 'disconnected')
      return connections.disconnect(connection)
    },
    remove: async (connection) => {
      await remember(connection, 'deleted')
      return connections.remove(connection)
    },
  }
}
