import {
  type AllAccountsOptions,
  connectionsOfAllAccounts,
  LARGEST_PAGE_SIZE,
} from './all-accounts.ts'
import { type AccountConnection, type Connection, connectionOf } from './connection.ts'
import { listOf, objectOf, oneOf, text, time } from './json.ts'
import { type AccountOptions, type ConnectionId, connectorPath, type Service } from './service.ts'

/** What a new connection is to be. */
export interface NewConnection extends AccountOptions {
  /** 1 to 200 characters, once per account; a usual one unless given. */
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** The environment's address as the browser shows it; left out, whoever signs in says or finds it. */
  readonly resource?: string | undefined
}

/** Which connections to list. */
export interface ListOptions extends AccountOptions {
  /** From 1. */
  readonly page?: number | undefined
  /** 1 to 100, 25 unless given. */
  readonly pageSize?: number | undefined
}

/** What another system kept of a sign-in to the same app. */
export interface ImportedTokens {
  readonly refreshToken: string
}

/** How a renewal that was asked for ended. */
export type RefreshResult =
  /** `expiresAt` is by the service's clock. */
  | { readonly outcome: 'refreshed'; readonly expiresAt: Date }
  /** There was nothing to do, or it is being done. */
  | { readonly outcome: 'not_due' | 'in_progress' }

/** The connections of your accounts. Every method throws DynamicsConnectError. */
export interface ConnectionsClient {
  /** Makes a connection; nobody is signed in yet. */
  create(connection?: NewConnection): Promise<Connection>
  /** One page of the account's connections, the oldest first. */
  list(options?: ListOptions): Promise<readonly Connection[]>
  /** All of the account's connections, got page by page while you go through them. */
  all(options?: Omit<ListOptions, 'page'>): AsyncIterableIterator<Connection>
  /**
   * The connections of all accounts, the oldest first, got page by page while you go through them; of its own
   * account alone where the API client is bound to one.
   */
  ofAllAccounts(options?: AllAccountsOptions): AsyncIterableIterator<AccountConnection>
  get(connectionId: ConnectionId, options?: AccountOptions): Promise<Connection>
  rename(
    connectionId: ConnectionId,
    options: AccountOptions & { readonly name: string },
  ): Promise<Connection>
  /**
   * Sets the environment; another than before needs a new sign-in, and its tokens are forgotten.
   * @returns the address as the service keeps it.
   */
  setResource(
    connectionId: ConnectionId,
    options: AccountOptions & { readonly resource: string },
  ): Promise<string>
  /**
   * Connects with a refresh token that another system kept, instead of a sign-in; set the resource first. It is
   * renewed once before it is taken.
   * @throws ImportRefused when Microsoft does not take it; the connection stays as it was.
   */
  importTokens(
    connectionId: ConnectionId,
    tokens: ImportedTokens,
    options?: AccountOptions,
  ): Promise<Connection>
  /** Renews the tokens now. */
  refresh(connectionId: ConnectionId, options?: AccountOptions): Promise<RefreshResult>
  /** Forgets the tokens; a new sign-in connects it again. */
  disconnect(connectionId: ConnectionId, options?: AccountOptions): Promise<void>
  /** Deletes the connection. */
  remove(connectionId: ConnectionId, options?: AccountOptions): Promise<void>
  /** Confirms a sign-in of a link with `confirmationRequired`; from the session of your own user. */
  complete(
    connectionId: ConnectionId,
    options: AccountOptions & { readonly completionId: string },
  ): Promise<Connection>
}

const PAGE_SIZE = 25

/** @param forgetTokens told when a connection's tokens may have changed by what was called here */
export function connectionsClient(
  service: Service,
  forgetTokens: (accountId: string | undefined, connectionId: ConnectionId) => void,
): ConnectionsClient {
  const { accountOf } = service

  const list = async (options: ListOptions = {}): Promise<readonly Connection[]> => {
    const { page = 1, pageSize = PAGE_SIZE } = options
    const query = new URLSearchParams({ page: String(page), pageSize: String(pageSize) })
    const path = `/v1.0/account/connectors?${query}`
    const { json } = await service.call({ method: 'GET', path, accountId: accountOf(options) })
    return listOf(json).map(connectionOf)
  }

  async function* all(options: Omit<ListOptions, 'page'> = {}): AsyncGenerator<Connection, void> {
    const { pageSize = LARGEST_PAGE_SIZE } = options
    for (let page = 1; ; page += 1) {
      const connections = await list({ ...options, page, pageSize })
      yield* connections
      if (connections.length < pageSize) return
    }
  }

  return {
    list,
    all,
    ofAllAccounts: (options = {}) => connectionsOfAllAccounts(service, options),
    ...singleConnections(service),
    ...tokenChanges(service, forgetTokens),
  }
}

function singleConnections(service: Service): Pick<ConnectionsClient, 'create' | 'get' | 'rename'> {
  const { accountOf } = service
  return {
    create: async (options = {}) => {
      const { name, description, resource } = options
      const json = {
        ...(name === undefined ? {} : { Name: name }),
        ...(description === undefined ? {} : { Description: description }),
        ...(resource === undefined ? {} : { Properties: [resourceProperty(resource)] }),
      }
      const path = '/v1.0/connectors/1/install'
      const request = { method: 'POST', path, accountId: accountOf(options), json } as const
      return connectionOf((await service.call(request)).json)
    },
    get: async (connectionId, options = {}) => {
      const path = connectorPath(connectionId)
      const answer = await service.call({ method: 'GET', path, accountId: accountOf(options) })
      return connectionOf(answer.json)
    },
    rename: async (connectionId, options) => {
      const path = connectorPath(connectionId)
      const json = { Name: options.name }
      const accountId = accountOf(options)
      const request = { method: 'PUT', path, accountId, json, isRepeatable: true } as const
      return connectionOf((await service.call(request)).json)
    },
  }
}

type TokenChanges = Pick<
  ConnectionsClient,
  'setResource' | 'importTokens' | 'refresh' | 'disconnect' | 'remove' | 'complete'
>

/** What makes tokens that the client holds stale. */
function tokenChanges(
  service: Service,
  forgetTokens: (accountId: string | undefined, connectionId: ConnectionId) => void,
): TokenChanges {
  const change = async (
    connectionId: ConnectionId,
    options: AccountOptions,
    request: Change,
  ): Promise<unknown> => {
    const { method, below = '', json } = request
    const accountId = service.accountOf(options)
    const path = `${connectorPath(connectionId)}${below}`
    try {
      const sent = { method, path, accountId, ...(json === undefined ? {} : { json }) }
      return (await service.call(sent)).json
    } finally {
      // Also when it failed: it may have been done all the same.
      forgetTokens(accountId, connectionId)
    }
  }
  return {
    setResource: async (connectionId, options) => {
      const json = resourceProperty(options.resource)
      const request = { method: 'POST', below: '/properties', json } as const
      return text(objectOf(await change(connectionId, options, request)), 'Value')
    },
    importTokens: async (connectionId, { refreshToken }, options = {}) => {
      const json = { AuthValue: { RefreshToken: refreshToken } }
      return connectionOf(await change(connectionId, options, { method: 'PUT', json }))
    },
    refresh: async (connectionId, options = {}) =>
      refreshResultOf(await change(connectionId, options, { method: 'POST', below: '/refresh' })),
    disconnect: async (connectionId, options = {}) => {
      const request = { method: 'PUT', below: '/deauthenticate', json: {} } as const
      await change(connectionId, options, request)
    },
    remove: async (connectionId, options = {}) => {
      await change(connectionId, options, { method: 'DELETE' })
    },
    complete: async (connectionId, options) => {
      const json = { CompletionId: options.completionId }
      const request = { method: 'POST', below: '/complete', json } as const
      return connectionOf(await change(connectionId, options, request))
    },
  }
}

interface Change {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** The path below the connection's own. */
  readonly below?: string
  readonly json?: Readonly<Record<string, unknown>>
}

function resourceProperty(resource: string) {
  return { Name: 'Resource', Value: resource }
}

const OUTCOMES = ['refreshed', 'not_due', 'in_progress'] as const

function refreshResultOf(answer: unknown): RefreshResult {
  const json = objectOf(answer)
  const outcome = oneOf(json, 'Outcome', OUTCOMES)
  return outcome === 'refreshed' ? { outcome, expiresAt: time(json, 'ExpiresAtUtc') } : { outcome }
}
