import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import type { ApiAccess } from './api-access.ts'

/** What is stored about the API's own clients. */
export interface StoredApiAccess {
  /** 32 bytes, base64url. */
  readonly signingKey: string
  readonly clients: readonly StoredApiClient[]
}

/** One API client as it is stored: its secret can be checked, not read. */
export interface StoredApiClient {
  readonly clientId: string
  /** SHA-256 of the client secret, base64url. */
  readonly secretHash: string
  /** The only account that it sees; all of them when absent. */
  readonly accountId?: string | null
  /** In ISO 8601; of those made by the setup it is not known. */
  readonly createdAt?: string
}

/** One API client as it is handed out. */
export interface NewApiClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly accountId?: string
}

/** HMAC-SHA256 takes 256 bits; a client secret of as many cannot be guessed. */
const SECRET_BYTES = 32

/** A new signing key, or the one that is there, and these clients with their secrets hashed. */
export function newApiAccess(
  clients: readonly NewApiClient[],
  signingKey: string = newSecret(),
): StoredApiAccess {
  return { signingKey, clients: clients.map(storedApiClientOf) }
}

/** A new API client with a secret of its own. */
export function newApiClient(clientId: string): NewApiClient {
  return { clientId, clientSecret: newSecret() }
}

/** The client as it is stored, with the hash in the secret's place. */
export function storedApiClientOf({ clientSecret, ...client }: NewApiClient): StoredApiClient {
  const secretHash = createHash('sha256').update(clientSecret).digest('base64url')
  return { ...client, secretHash }
}

/** @returns `undefined` when it holds no signing key or no list of API clients; the list may be empty. */
export function storedApiAccessOf(value: unknown): StoredApiAccess | undefined {
  return isApiAccess(value) ? value : undefined
}

/** Who may use the API, as it is used. */
export function apiAccessOf({ signingKey, clients }: StoredApiAccess): ApiAccess {
  return {
    signingKey: createSecretKey(signingKey, 'base64url'),
    clients: clients.map(({ clientId, secretHash, accountId }) => ({
      clientId,
      secretHash,
      accountId: accountId ?? undefined,
    })),
  }
}

function isApiAccess(value: unknown): value is StoredApiAccess {
  return (
    isRecord(value) &&
    isKey(value.signingKey) &&
    Array.isArray(value.clients) &&
    value.clients.every(isApiClient)
  )
}

function isApiClient(value: unknown): value is StoredApiClient {
  return (
    isRecord(value) &&
    isText(value.clientId) &&
    isText(value.secretHash) &&
    // An account that cannot be read must not become all accounts.
    (isText(value.accountId) || (value.accountId ?? undefined) === undefined)
  )
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && Buffer.from(value, 'base64url').length === SECRET_BYTES
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}
