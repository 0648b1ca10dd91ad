import { createHash, randomBytes } from 'node:crypto'

/** What is stored of a keyring: keys by their id, and the id of the one that seals. */
export interface KeyringValue {
  readonly active: string
  /** 32 bytes each, base64url. */
  readonly keys: Readonly<Record<string, string>>
}

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

/** What is stored of the app registered with Microsoft. */
export interface AppCredentialValue {
  readonly clientId: string
  readonly clientSecret: string
  /** The day on which the client secret ends, as `2027-05-01`, where that is known. */
  readonly endsOn?: string
}

/** AES-256 and HMAC-SHA256 both take 256 bits; a client secret of as many cannot be guessed. */
const SECRET_BYTES = 32

/** A new keyring with one key. */
export function newKeyring(): KeyringValue {
  return { active: 'k1', keys: { k1: randomSecret() } }
}

/** A new signing key, and these clients with their secrets hashed. */
export function newApiAccess(clients: readonly ApiClient[]): ApiAccessValue {
  return {
    signingKey: randomSecret(),
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

/** The stored form of the app's credential. */
export function appCredential(credential: AppCredentialValue): AppCredentialValue {
  const { clientId, clientSecret, endsOn } = credential
  return { clientId, clientSecret, ...(endsOn !== undefined && { endsOn }) }
}

/** Whether it is a keyring whose active key is there. */
export function isKeyring(value: unknown): value is KeyringValue {
  return (
    isRecord(value) &&
    isRecord(value.keys) &&
    typeof value.active === 'string' &&
    Object.hasOwn(value.keys, value.active) &&
    Object.values(value.keys).every(isKey)
  )
}

/** Whether it holds a signing key and API clients. */
export function isApiAccess(value: unknown): value is ApiAccessValue {
  return (
    isRecord(value) &&
    isKey(value.signingKey) &&
    Array.isArray(value.clients) &&
    value.clients.every(isApiClientValue)
  )
}

/** Whether it holds a client id and a client secret. */
export function isAppCredential(value: unknown): value is AppCredentialValue {
  return isRecord(value) && isText(value.clientId) && isText(value.clientSecret)
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
