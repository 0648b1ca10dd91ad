import type { ConnectionStatus } from './connection.ts'

/**
 * How many connections there are of each status, a moment ago; reads a few bytes of each.
 * @throws ServiceError `store_unavailable`.
 */
export type CountConnections = () => Promise<Readonly<Record<ConnectionStatus, number>>>
