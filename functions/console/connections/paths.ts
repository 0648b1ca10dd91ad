import { CONSOLE_PATH } from '../../http/routes.ts'

export const CONNECTIONS_PATH = `${CONSOLE_PATH}/connections`

/** What can be done with one connection, as its path ends. */
export type ConnectionAction =
  | 'environment'
  | 'rename'
  | 'link'
  | 'refresh'
  | 'disconnect'
  | 'delete'

/** The page of one connection, or where a form about it is sent. */
export function connectionPath(id: number, action?: ConnectionAction): string {
  return `${CONNECTIONS_PATH}/${id}${action === undefined ? '' : `/${action}`}`
}

/** The list of one account's connections, or of all. */
export function listPath(accountId: string | undefined): string {
  const query = accountId === undefined ? '' : `?${new URLSearchParams({ account: accountId })}`
  return `${CONNECTIONS_PATH}${query}`
}

/** The form for a new connection, of that account where one is named. */
export function newConnectionPath(accountId: string | undefined): string {
  const query = accountId === undefined ? '' : `?${new URLSearchParams({ account: accountId })}`
  return `${CONNECTIONS_PATH}/new${query}`
}
