import type { ListedApiClient } from '../../domain/api-client-store.ts'
import type { ConsoleAccess } from '../../domain/console-access.ts'
import type { ConsoleUser } from '../../domain/console-session.ts'
import type { AccessDependencies } from './access-dependencies.ts'

/** By what somebody who may see all accounts can sign in. */
export interface WaysIn {
  /** Whether there is an API client that is bound to no account. */
  readonly byClient: boolean
  readonly byFirstSignIn: boolean
  /** Whether whoever asks came in by the provider, which proves that this works. */
  readonly byProvider: boolean
}

/** Who may use the API and the console, as it is now. */
export interface Access {
  readonly clients: readonly ListedApiClient[]
  readonly console: ConsoleAccess
  readonly ways: WaysIn
}

/** Reads it from where it is kept, since something is decided by it. */
export async function readAccess(
  { apiClients, consoleAccess }: AccessDependencies,
  user: ConsoleUser,
): Promise<Access> {
  const [clients, console] = await Promise.all([
    apiClients.list(),
    consoleAccess.read({ reread: true }),
  ])
  const ways = {
    byClient: clients.some(({ accountId }) => accountId === undefined),
    byFirstSignIn: console.firstSignIn !== undefined,
    byProvider: isAdmittedBy(console, user),
  }
  return { clients, console, ways }
}

/** Whether the first sign-in may be closed without locking everybody out. */
export function mayCloseFirst({ byClient, byProvider }: WaysIn): boolean {
  return byClient || byProvider
}

/** Whether the last API client of all accounts may go. */
export function mayRemoveLastClient({ byFirstSignIn, byProvider }: WaysIn): boolean {
  return byFirstSignIn || byProvider
}

/** Whether the provider may be removed, or become another one. */
export function mayRemoveProvider({ byClient, byFirstSignIn }: WaysIn): boolean {
  return byClient || byFirstSignIn
}

/** Whether the provider lets in somebody who came in by it. */
export function isAdmittedBy(
  { provider }: Pick<ConsoleAccess, 'provider'>,
  user: ConsoleUser,
): boolean {
  return (
    user.kind === 'person' &&
    provider?.issuer === user.issuer &&
    provider.people.includes(user.admittedBy)
  )
}
