import { createHash, randomBytes } from 'node:crypto'

/** What is stored about the API's own clients. */
export interface ApiAccessValue {
  /** 32 bytes, base64url. */
  readonly signingKey: string
  readonly clients: readonly ApiClientValue[]
}

/** One API client as it is stored: its secret can be checked, not read. */
export interface ApiClientValue {
  readonly clientId: string
  /** SHA-256 of the client secret, base64url. */
  readonly secretHash: string
  /** The only account that it sees; all of them when absent. */
  readonly accountId?: string
}

/** One API client as it is handed out. */
export interface ApiClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly accountId?: string
}

/** HMAC-SHA256 takes 256 bits; a client secret of as many cannot be guessed. */
const SECRET_BYTES = 32

/** A new signing key, or the one that is there, and these clients with their secrets hashed. */
export function newApiAccess(
  clients: readonly ApiClient[],
  signingKey: string = randomSecret(),
): ApiAccessValue {
  return {
    signingKey,
    clients: clients.map(({ clientSecret, ...client }) => ({
      ...client,
      secretHash: createHash('sha256').update(clientSecret).digest('base64url'),
    })),
  }
}

/** A new API client with a secret of its own. */
export function newApiClient(clientId: string): ApiClient {
  return { clientId, clientSecret: randomSecret() }
}

/** @returns `undefined` when it holds no signing key or no list of API clients; the list may be empty. */
export function apiAccessOf(value: unknown): ApiAccessValue | undefined {
  return isApiAccess(value) ? value : undefined
}

function isApiAccess(value: unknown): value is ApiAccessValue {
  return (
    isRecord(value) &&
    isKey(value.signingKey) &&
    Array.isArray(value.clients) &&
    value.clients.every(isApiClientValue)
  )
}

function isApiClientValue(value: unknown): value is ApiClientValue {
  return (
    isRecord(value) &&
    isText(value.clientId) &&
    isText(value.secretHash) &&
    (value.accountId === undefined || isText(value.accountId))
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

function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}
