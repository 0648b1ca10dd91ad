import { isAccountId } from './account-id.ts'
import {
  newApiClient,
  type StoredApiAccess,
  type StoredApiClient,
  storedApiClientOf,
} from './stored-api-access.ts'

/** An API client as it may be shown: nothing in it proves anything. */
export interface ListedApiClient {
  readonly clientId: string
  /** The one account that it may see; absent for all. */
  readonly accountId: string | undefined
  /** Not known of clients that the setup made. */
  readonly createdAt: Date | undefined
}

/** What a new API client is to be called, and for which account it is. */
export interface WantedApiClient {
  readonly clientId: string
  /** The one account that it may see; absent for all. */
  readonly accountId?: string | undefined
}

export type AddedApiClient =
  | {
      readonly outcome: 'added'
      /** 256 random bits, base64url. Told this once: only its hash is kept. */
      readonly clientSecret: string
    }
  | { readonly outcome: 'client_id_in_use' }
  /** Not 3 to 64 letters, digits, `.`, `_` or `-`. */
  | { readonly outcome: 'client_id_invalid' }
  /** Not 1 to 128 printable ASCII characters without a space around them. */
  | { readonly outcome: 'account_id_invalid' }
  /** The secret that holds all clients takes no more: remove some. */
  | { readonly outcome: 'too_many' }

export type RemovedApiClient =
  | { readonly outcome: 'removed' }
  | { readonly outcome: 'unknown' }
  /** Without it nobody could see all accounts any more. */
  | { readonly outcome: 'is_last' }

/**
 * The partner's programs that may use the API. A change loses no other that is made at the same time. A
 * client that was added is good at once, and one that was removed is refused everywhere within five minutes.
 * Every call throws ServiceError `secret_unreadable` where the store does not answer or is not filled; a
 * change throws `secret_changed` where others were always faster.
 */
export interface ApiClientStore {
  /** As they are stored now, in the order in which they were added; one with several secrets as often. */
  list(): Promise<readonly ListedApiClient[]>
  add(wanted: WantedApiClient): Promise<AddedApiClient>
  /**
   * Takes away every secret of the client; the bearer tokens that it got end with it.
   * @param options `mayBeLast`: whether the last client without an account may go, since there is another
   *   way to sign in to the console
   */
  remove(clientId: string, options: { readonly mayBeLast: boolean }): Promise<RemovedApiClient>
}

/** What a change comes to: what is stored from then on, or nothing where all stays as it is. */
export interface ApiClientsChange<Outcome> {
  readonly changed: StoredApiAccess | undefined
  readonly outcome: Outcome
}

const CLIENT_ID = /^[A-Za-z0-9._-]{3,64}$/

/**
 * Secrets Manager takes 64 KiB as one secret.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const LONGEST_SECRET = 64 * 1024

/** The clients as they may be shown. */
export function listedApiClients({ clients }: StoredApiAccess): readonly ListedApiClient[] {
  return clients.map(({ clientId, accountId, createdAt }) => ({
    clientId,
    accountId: accountId ?? undefined,
    createdAt: timeOf(createdAt),
  }))
}

/** Adds a client with a secret of its own. */
export function withApiClient(
  access: StoredApiAccess,
  { clientId, accountId }: WantedApiClient,
  now: Date,
): ApiClientsChange<AddedApiClient> {
  if (!CLIENT_ID.test(clientId)) return unchanged({ outcome: 'client_id_invalid' })
  if (accountId !== undefined && !isAccountId(accountId)) {
    return unchanged({ outcome: 'account_id_invalid' })
  }
  if (access.clients.some((client) => client.clientId === clientId)) {
    return unchanged({ outcome: 'client_id_in_use' })
  }
  const client = { ...newApiClient(clientId), ...(accountId !== undefined && { accountId }) }
  const stored = { ...storedApiClientOf(client), createdAt: now.toISOString() }
  const changed = { ...access, clients: [...access.clients, stored] }
  if (JSON.stringify(changed).length > LONGEST_SECRET) return unchanged({ outcome: 'too_many' })
  return { changed, outcome: { outcome: 'added', clientSecret: client.clientSecret } }
}

/** Takes a client away. */
export function withoutApiClient(
  access: StoredApiAccess,
  clientId: string,
  { mayBeLast }: { readonly mayBeLast: boolean },
): ApiClientsChange<RemovedApiClient> {
  const clients = access.clients.filter((client) => client.clientId !== clientId)
  if (clients.length === access.clients.length) return unchanged({ outcome: 'unknown' })
  const isLast = access.clients.some(seesAllAccounts) && !clients.some(seesAllAccounts)
  if (isLast && !mayBeLast) return unchanged({ outcome: 'is_last' })
  return { changed: { ...access, clients }, outcome: { outcome: 'removed' } }
}

function seesAllAccounts({ accountId }: StoredApiClient): boolean {
  return (accountId ?? undefined) === undefined
}

function unchanged<Outcome>(outcome: Outcome): ApiClientsChange<Outcome> {
  return { changed: undefined, outcome }
}

function timeOf(text: unknown): Date | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time)
}
