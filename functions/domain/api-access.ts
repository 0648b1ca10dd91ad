import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto'

/** A program of the partner's that may use the API. */
export interface ApiClient {
  readonly clientId: string
  /** SHA-256 of the client secret, base64url; secrets are 256 random bits, so that no salt is needed. */
  readonly secretHash: string
  /** The one account that it may see; absent for all. */
  readonly accountId: string | undefined
}

/** Who may use the API, and the key that signs their bearer tokens. */
export interface ApiAccess {
  /** As an object, which shows no key when it is printed and costs less to use than bytes. */
  readonly signingKey: KeyObject
  readonly clients: readonly ApiClient[]
}

/**
 * @param options `reread`: not from memory, since a client was asked for that is not in it
 * @throws ServiceError `secret_unreadable`.
 */
export type ReadApiAccess = (options?: { readonly reread: boolean }) => Promise<ApiAccess>

/**
 * What is looked for in the API access, in memory first and else in what is stored now: a client that was
 * added a moment ago is good at once.
 */
export async function lookUp<T>(
  readApiAccess: ReadApiAccess,
  look: (access: ApiAccess) => T | undefined,
): Promise<T | undefined> {
  const found = look(await readApiAccess())
  if (found !== undefined) return found
  const stored = await readApiAccess({ reread: true }).catch(() => undefined)
  return stored && look(stored)
}

/** Whom a bearer token speaks for. */
export interface Caller {
  readonly clientId: string
  readonly accountId: string | undefined
}

/** The client that the secret belongs to, or `undefined`; a client may be listed with several secrets. */
export function authenticatedClient(
  access: ApiAccess,
  credential: { readonly clientId: string; readonly clientSecret: string },
): ApiClient | undefined {
  const presented = createHash('sha256').update(credential.clientSecret).digest()
  return access.clients.find(({ clientId, secretHash }) => {
    const expected = Buffer.from(secretHash, 'base64url')
    const isSecret = expected.length === presented.length && timingSafeEqual(presented, expected)
    return isSecret && clientId === credential.clientId
  })
}
